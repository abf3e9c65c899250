// What the applicant does: fields and proof, authorisation in its three ways, the payment. Made
// with the plugin; any thread.
#pragma once

#include "views.hpp"

namespace cinnabar {

class Applying {
 public:
  explicit Applying(Host& host) : host_(host) {}

  Answer<ProofView> upload(const Request& request);
  Answer<ApplicationView> view(const Request& request);
  // Looks the enterprise up. Throws "verification.*".
  Answer<ApplicationView> submit(const ApplicationFields& in, const Request& request);
  Answer<ApplicationView> prove(const Proofs& in, const Request& request);

  Answer<ApplicationView> by_face(const Request& request);
  Answer<ApplicationView> invite(const LegalRepresentative& in, const Request& request);
  Answer<ApplicationView> accept(const InvitationAnswer& in, const Request& request);
  Answer<ApplicationView> letter(const Proofs& in, const Request& request);

  Answer<ApplicationView> pay(const PaymentAccount& in, const Request& request);
  Answer<ApplicationView> name_amount(const PaidAmount& in, const Request& request);

 private:
  // The verifier that is asked. Throws "verification.no_verifier".
  std::string verifier(const Call& call) const;
  // Uploads of this enterprise. Throws "verification.file_unknown".
  void check_files(const std::vector<std::string>& files, const Request& request) const;
  // A face that the person just showed, used up; their real name. Throws "verification.face_first".
  std::string shown_face(const std::string& person, const std::string& purpose,
                         const std::string& enterprise, const Call& call, WriteSet& writes) const;
  void appoint(const std::string& enterprise, const char* role, const std::string& person,
               const Call& call, WriteSet& writes) const;

  Host& host_;
};

inline constexpr const char* kAuthorisePurpose = "enterprise.authorise";
inline constexpr const char* kCancelPurpose = "enterprise.cancel";
inline constexpr const char* kAdministratorPurpose = "enterprise.change_administrator";

}  // namespace cinnabar
