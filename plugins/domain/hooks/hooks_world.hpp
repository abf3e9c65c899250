// The hook host through the plugin's entry, for its tests: publishing, running, reading the book.
#pragma once

#include "hooks.hpp"

#include <cinnabar/testing/domain_world.hpp>

#include <gtest/gtest.h>

extern "C" const cinnabar_plugin* cinnabar_plugin_v1();

namespace cinnabar::hooks {

inline constexpr const char* kGate = "contract.before_send";
inline constexpr const char* kNotice = "contract.after_send";

inline std::string script_with(const std::string& body, const std::string& point = kGate) {
  return "return { api = 1, hooks = { [\"" + point + "\"] = function(ctx)\n" + body + "\nend } }";
}

// The kernel's part: an owner's epoch rises when a commit names the owner as changed.
class FakeKernel final : public Bindings, public HookPoints {
 public:
  explicit FakeKernel(const std::vector<std::string>& changed) : changed_(changed) {}
  BindingNames names(const BindingsRequest&, const Call& call) override {
    ++looks;
    if (pinned_epoch) return {{}, *pinned_epoch};
    return {{}, std::count(changed_.begin(), changed_.end(), call.owner())};
  }
  HookPointSet list(const HookPointsRequest&, const Call&) override {
    ++lists;
    return {{{kNotice, "After.", false, "Input", {}},
             {kGate, "Before.", true, "Input", {"/contract/name", "/commands/tag"}}},
            schemas};
  }

  std::optional<std::int64_t> pinned_epoch;  // of a request that began before
  int lists = 0, looks = 0;
  Json schemas = Json::object();

 private:
  const std::vector<std::string>& changed_;
};

class HooksTest : public ::testing::Test {
 protected:
  HooksTest() {
    world.host.add_service<Bindings>(kernel);
    world.host.add_service<HookPoints>(kernel);
    // The book is written when it is read, by settle(), and not behind the test's back.
    world.host.set_config(R"({"record_flush_ms": 3600000, "cpu_max_ms": 2000})");
  }

  // Calls a route for an enterprise and commits what it writes. Its answer, or null.
  Json call(const std::string& route, const Json& body = Json(),
            const std::string& enterprise = "ent_a") {
    return world.call(testing::as("per_admin", enterprise), route, {}, body,
                      {enterprise, enterprise, {"admin"}});
  }
  std::string code_of(const std::string& route, const Json& body) {
    return world.refusal(testing::as("per_admin", "ent_a"), route, {}, body,
                         {"ent_a", "ent_a", {"admin"}});
  }
  std::string publish(const std::string& source, const std::string& enterprise = "ent_a") {
    return call("hook.publish", Json::object().set("source", source), enterprise)["hash"].text();
  }
  HookDecision run(const std::string& point = kGate, const std::string& enterprise = "ent_a",
                   const Json& input = Json::object()) {
    const OwnCall own(enterprise);
    return world.client<Hooks>(own.call()).run({point, input});
  }
  // The error with which a run ends.
  std::map<std::string, std::string> refusal(const std::string& point = kGate) {
    try {
      run(point);
    } catch (const Error& error) {
      std::map<std::string, std::string> out(error.params().begin(), error.params().end());
      out["error"] = error.code();
      return out;
    }
    return {};
  }

  // What the book would have written by now is in the database.
  void settle() {
    call("hook.runs");
    for (; applied_ < world.host.commits().size(); ++applied_)
      world.commit(world.host.commits()[applied_]);
  }
  Json runs(const std::map<std::string, std::string>& query = {}) {
    settle();
    return world.call(testing::as("per_admin", "ent_a"), "hook.runs", {}, Json(),
                      {"ent_a", "ent_a", {"admin"}}, query)["runs"];
  }

  std::size_t applied_ = 0;
  testing::DomainWorld world{&cinnabar_plugin_v1, "cinnabar.hooks", __FILE__};
  FakeKernel kernel{world.changed_owners};
};

}  // namespace cinnabar::hooks
