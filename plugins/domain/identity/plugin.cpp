// cinnabar.identity: who people really are, checked with an identity provider.
#include "faces.hpp"

#include <cinnabar/plugin.hpp>

namespace cinnabar {
namespace {

class IdentityPlugin final : public DomainPlugin, public Identity, public DataSubject {
 public:
  using Interfaces = Provides<Domain, Identity, DataSubject>;

  explicit IdentityPlugin(Host& host)
      : DomainPlugin(host), names_(host, host.config<IdentityConfig>()), faces_(host, names_) {
    route("GET", "/me/identity", "identity.view", &names_, &RealNames::view)
        .summary("One's real name, if it was checked", "查看实名认证结果").self();
    route("POST", "/me/identity", "identity.verify", &names_, &RealNames::verify)
        .summary("Has one's real name checked", "实名认证").self().audited();
    route("POST", "/me/face-checks", "identity.begin_face", &faces_, &Faces::begin)
        .summary("Begins a face check for one purpose", "发起人脸核验").self().audited()
        .status(201);
    route("POST", "/me/face-checks/{check}/finish", "identity.finish_face", &faces_,
          &Faces::finish)
        .summary("Asks what came of a face check", "查询人脸核验结果").self().audited();
  }

  VerifiedPeople verified(const VerifiedRequest& in, const Call& call) override {
    return names_.verified(in.people, call);
  }
  FaceCheck face_check(const FaceCheckRequest& in, const Call& call) override {
    FaceCheck out = faces_.use(in, call);
    out.writes.stamp(CINNABAR_PLUGIN_ID);
    return out;
  }
  KeptData kept(const DataSubjectRequest& in, const Call& call) override {
    const auto found = names_.verified({in.person}, call).people;
    if (found.empty()) return {};
    return {Json::object()
                .set("name", found[0].name)
                .set("document", found[0].document_type)
                .set("provider", found[0].provider)
                .set("at", to_rfc3339(found[0].at))};
  }
  Erasure erase(const DataSubjectRequest& in, const Call&) override {
    Erasure out = names_.erase(in.person);
    out.writes.stamp(CINNABAR_PLUGIN_ID);
    return out;
  }

 private:
  RealNames names_;
  Faces faces_;
};

}  // namespace

CINNABAR_PLUGIN(IdentityPlugin)

}  // namespace cinnabar
