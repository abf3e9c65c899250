// test.outside: a signing method in a process of its own. Built once for each MAJOR version.
#include <cinnabar/plugin.hpp>
#include <cinnabar/services/auth_method.hpp>

namespace cinnabar {
namespace {

class Outside final : public AuthMethod {
 public:
  Enrolment enrol(const EnrolRequest&, const Call&) override { return {}; }
  Challenge begin(const BeginRequest&, const Call&) override {
    Challenge challenge;
    challenge.prompt = Json(MAJOR);
    return challenge;
  }
  Verdict verify(const VerifyAnswerRequest&, const Call&) override { return {}; }
};

}  // namespace
}  // namespace cinnabar

CINNABAR_PLUGIN(cinnabar::Outside)
