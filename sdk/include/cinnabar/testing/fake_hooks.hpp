// FakeHooks: cinnabar.hooks/1 for tests of a part that has hook points. Notes who was asked what,
// and answers as it is told to. One thread.
#pragma once

#include <cinnabar/services/hooks.hpp>

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace cinnabar::testing {

class FakeHooks final : public Hooks {
 public:
  HookDecision run(const HookRequest& request, const Call& call) override {
    ran.push_back(request.point + " " + std::string(call.owner()));
    last = request.text.empty() ? request.input : from_json<Json>(request.text.view());
    seen[ran.back()] = last;
    if (fails) throw *fails;
    if (request.point == deny)
      throw Error("hook.denied", {{"hook_code", "no"}, {"text", "not so"}});
    const auto found = answers.find(request.point);
    return found == answers.end() ? HookDecision{} : found->second;
  }

  HookWish wants(const HookQuestion&, const Call&) override { return {wanted, -1}; }

  bool wanted = true;
  std::optional<Error> fails;    // with what every point ends
  std::vector<std::string> ran;  // "point tenant"
  Json last;
  std::map<std::string, Json> seen;  // the last input, by point and tenant
  std::string deny;                  // the point that refuses
  std::map<std::string, HookDecision> answers;  // by point; others are passed
};

}  // namespace cinnabar::testing
