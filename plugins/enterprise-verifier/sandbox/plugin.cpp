// cinnabar.verifier-sandbox: knows enterprises by the rules in its README.
#include <cinnabar/plugin.hpp>
#include <cinnabar/services/enterprise_verifier.hpp>

namespace cinnabar {
namespace {

bool holds(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

class Sandbox final : public EnterpriseVerifier {
 public:
  explicit Sandbox(Host&) {}

  LicenceFields read_licence(const ReadLicenceRequest&, const Call&) override { return {}; }

  VerifierAnswer look_up(const RegistryRequest& in, const Call&) override {
    const std::string& address = in.fields.address;
    if (holds(address, "未收录")) return {VerifierOutcome::not_known, {}, {}};
    if (holds(address, "不符")) return {VerifierOutcome::refused, "mismatch", {}};
    if (holds(address, "超时")) return {VerifierOutcome::unknown, "timeout", {}};
    if (in.way != "licence" && !in.account.starts_with("ok"))
      return {VerifierOutcome::refused, "account_unknown", {}};
    return {VerifierOutcome::accepted, {}, "sandbox-" + in.reference};
  }

  Paid pay(const PayRequest& in, const Call&) override {
    const std::size_t size = in.account.size();
    if (size < 2 || in.account.ends_with("00"))
      return {{VerifierOutcome::refused, "account_unknown", {}}, {}};
    constexpr int kAmounts = 30;
    const int last = (in.account[size - 2] - '0') * 10 + (in.account[size - 1] - '0');
    return {{VerifierOutcome::accepted, {}, "sandbox-" + in.reference},
            Json::object().set("amount_fen", 1 + std::abs(last) % kAmounts)};
  }
  Confirmed confirm(const ConfirmRequest& in, const Call&) override {
    return {in.state["amount_fen"].integer() == in.amount_fen};
  }
};

}  // namespace

CINNABAR_PLUGIN(Sandbox)

}  // namespace cinnabar
