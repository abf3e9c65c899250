// A plugin for the tests of trust: it tells in a file that its code ran, and crashes on demand.
#include <cinnabar/plugin.hpp>
#include <cinnabar/services/auth_method.hpp>

#include <cstdlib>
#include <fstream>

namespace {

// As soon as the library is loaded, before anybody asked it for anything.
[[gnu::constructor]] void leave_a_trace() {
  const char* file = std::getenv("TROUBLE_TRACE");
  if (file) std::ofstream(file, std::ios::app) << "ran\n";
}

class Trouble final : public cinnabar::AuthMethod {
 public:
  cinnabar::Enrolment enrol(const cinnabar::EnrolRequest& in, const cinnabar::Call&) override {
    if (in.answer["crash"].boolean(false)) std::abort();
    if (in.answer["word"].text().empty())
      throw cinnabar::Error("trouble.refused", {{"reason", "no word was given"}});
    return {in.answer};
  }
  cinnabar::Challenge begin(const cinnabar::BeginRequest&, const cinnabar::Call&) override {
    cinnabar::Challenge challenge;
    challenge.prompt = cinnabar::Json::object().set("input", "word");
    return challenge;
  }
  cinnabar::Verdict verify(const cinnabar::VerifyAnswerRequest& in,
                           const cinnabar::Call&) override {
    const bool same = in.answer["word"].text() == in.credentials["word"].text();
    return {same, same ? "" : "wrong_word", {}};
  }
};

}  // namespace

CINNABAR_PLUGIN(Trouble)
