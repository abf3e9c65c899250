// cinnabar.identity-sandbox: an identity provider that asks nobody; the rules are in its README.
#include <cinnabar/plugin.hpp>
#include <cinnabar/services/identity_provider.hpp>

namespace cinnabar {
namespace {

class Sandbox final : public IdentityProvider {
 public:
  explicit Sandbox(Host&) {}

  IdentityAnswer check(const IdentityCheckRequest& in, const Call&) override {
    const std::string& mobile = in.who.mobile;
    if (mobile.ends_with("0001")) return {IdentityOutcome::refused, "mismatch", {}};
    if (mobile.ends_with("0002")) return {IdentityOutcome::refused, "number_unknown", {}};
    if (mobile.ends_with("0003")) return {IdentityOutcome::unknown, "timeout", {}};
    return {IdentityOutcome::accepted, {}, "sandbox-" + in.reference};
  }
  BegunFace begin_face(const BeginFaceRequest& in, const Call&) override {
    return {"about:blank#sandbox-face", "face-" + in.reference, 600};
  }
  IdentityAnswer face_result(const FaceResultRequest& in, const Call&) override {
    if (in.token != "face-" + in.reference || in.who.mobile.ends_with("0004"))
      return {IdentityOutcome::refused, "face_differs", {}};
    if (in.who.mobile.ends_with("0003")) return {IdentityOutcome::unknown, "timeout", {}};
    return {IdentityOutcome::accepted, {}, "sandbox-" + in.reference};
  }
};

}  // namespace

CINNABAR_PLUGIN(Sandbox)

}  // namespace cinnabar
