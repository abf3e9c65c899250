// StatusService: tells whether certificates of the authority are good - by lists of the revoked
// (RFC 5280) and by answers about one (RFC 6960), signed by a responder of its own - and revokes
// them. Owned by the plugin; any thread, several processes on one folder.
//
// In the authority's folder: revoked/<serial>.revoked, crl-root.json and crl-issuing.json (the
// newest list and its number), responder.json (the credential that signs answers).
#pragma once

#include "authority.hpp"
#include "ocsp.hpp"
#include "revocations.hpp"

namespace cinnabar::builtinca {

// A list as it is kept.
struct KeptCrl {
  std::int64_t number = 0;
  std::int64_t this_update_ms = 0;
  std::int64_t next_update_ms = 0;
  std::int64_t revoked = 0;  // how many it lists
  Bytes der;
};

class StatusService {
 public:
  explicit StatusService(Authority& authority);

  // Throws Error "certificate.unknown", "certificate.reason_unknown".
  Revoked revoke(const RevokeRequest& request);
  // Throws Error "certificate.issuer_unknown".
  Crl crl(const std::string& issuer);
  OcspAnswer ocsp(std::string_view request);
  // Throws Error "certificate.revoked", "certificate.status_unknown".
  ValidationData proof(const std::vector<Bytes>& chain);

 private:
  struct Responder {
    Issuer issuer;
    std::string certificate;
    std::int64_t renew_at_ms = 0;
  };

  Crl current_crl(const std::string& name, KeptCrl& kept, const Issuer& issuer);
  bool fresh(const KeptCrl& kept, std::size_t revoked) const;
  std::shared_ptr<const Responder> responder();
  std::shared_ptr<const Responder> adopt(const Credential& credential) const;
  OcspStatus status_of(std::string_view serial) const;
  std::string answer(const std::vector<OcspStatus>& statuses, std::string_view nonce,
                     std::int64_t now_ms);

  Authority& authority_;
  Issuer issuing_;
  Revocations revocations_;
  std::mutex mutex_;
  KeptCrl root_crl_, issuing_crl_;
  std::shared_ptr<const Responder> responder_;
};

}  // namespace cinnabar::builtinca
