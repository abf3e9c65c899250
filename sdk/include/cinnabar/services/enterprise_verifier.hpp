// cinnabar.enterprise-verifier/1: who knows whether an enterprise is what it says: a register of
// licences, a payment network that knows its merchants, a cloud that has verified its account, a
// bank that pays into its account. Whatever is not a clear yes is none. Thread-safety: any thread.
#pragma once

#include <cinnabar/bytes.hpp>
#include <cinnabar/service.hpp>

namespace cinnabar {

struct ReadLicenceRequest {
  Bytes image;  // PNG or JPEG
};
CINNABAR_DESCRIBE(ReadLicenceRequest, image)

// What a licence says, as far as it could be read: fills a form that a person corrects.
struct LicenceFields {
  std::string name;
  std::string credit_code;
  std::string legal_representative;
  std::string address;
};
CINNABAR_DESCRIBE(LicenceFields, name, credit_code, (legal_representative, personal), address)

// not_known: the register has no such enterprise; others may prove it. unknown: no answer came.
enum class VerifierOutcome { accepted, refused, not_known, unknown };
CINNABAR_ENUM(VerifierOutcome, accepted, refused, not_known, unknown)

struct RegistryRequest {
  std::string way;  // licence, merchant, cloud
  LicenceFields fields;
  std::string account;    // of a merchant or in a cloud; empty: a licence
  std::string reference;  // ours, one a question
};
CINNABAR_DESCRIBE(RegistryRequest, way, fields, account, reference)

struct VerifierAnswer {
  VerifierOutcome outcome = VerifierOutcome::unknown;
  std::string reason;    // stable, when refused
  std::string evidence;  // id with the provider
};
CINNABAR_DESCRIBE(VerifierAnswer, outcome, reason, evidence)

// Pays an amount of 0.01 to 0.30 yuan into the enterprise's account, for it to say how much came.
struct PayRequest {
  std::string name;
  std::string account;
  std::string bank;
  std::string reference;
};
CINNABAR_DESCRIBE(PayRequest, name, (account, personal), bank, reference)
struct Paid {
  VerifierAnswer answer;
  Json state;  // for confirm; never shown
};
CINNABAR_DESCRIBE(Paid, answer, (state, secret))
struct ConfirmRequest {
  Json state;
  int amount_fen = 0;
};
CINNABAR_DESCRIBE(ConfirmRequest, (state, secret), amount_fen)
struct Confirmed {
  bool right = false;
};
CINNABAR_DESCRIBE(Confirmed, right)

class EnterpriseVerifier {
 public:
  using Interface = EnterpriseVerifier;
  virtual ~EnterpriseVerifier() = default;
  virtual LicenceFields read_licence(const ReadLicenceRequest&, const Call&) = 0;
  virtual VerifierAnswer look_up(const RegistryRequest&, const Call&) = 0;
  virtual Paid pay(const PayRequest&, const Call&) = 0;
  virtual Confirmed confirm(const ConfirmRequest&, const Call&) = 0;
};
CINNABAR_SERVICE(EnterpriseVerifier, "cinnabar.enterprise-verifier/1", read_licence, look_up, pay,
                 confirm)

}  // namespace cinnabar
