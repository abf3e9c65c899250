// Versions of an enterprise's script: saving, activating, rolling back, running one as a shadow,
// and the settings. Each change is an event and counts from the next request on. Any thread.
#pragma once

#include "hook_views.hpp"
#include "office.hpp"

namespace cinnabar::hooks {

class Versions {
 public:
  explicit Versions(HookOffice& office) : office_(office) {}

  Answer<ScriptView> read(const Request& request);
  Answer<ScriptView> publish(const ScriptBody& in, const Request& request);
  Answer<Nothing> remove(const Request& request);
  Answer<ScriptView> save(const ScriptBody& in, const Request& request);
  Answer<ScriptVersions> list(const Request& request);
  Answer<ScriptView> version(const Request& request);
  Answer<ActivationList> activations_list(const Request& request);
  Answer<ScriptView> activate(const ActivateBody& in, const Request& request);
  Answer<ScriptView> roll_back(const Request& request);
  Answer<ShadowView> shadow(const Request& request);
  Answer<ShadowView> set_shadow(const ShadowBody& in, const Request& request);
  Answer<Nothing> end_shadow(const Request& request);
  Answer<HookSettings> settings(const Request& request);
  Answer<HookSettings> set_settings(const HookSettings& in, const Request& request);

 private:
  ScriptView view(const StoredScript& stored, const Script& script, bool active) const;
  Answer<ScriptView> activate_version(const std::string& hash, const std::vector<Fixture>& more,
                                      const Request& request);
  // Runs them as runs at the points are. Throws Error "hook.fixture_failed", "hook.unavailable".
  void require_fixtures(const Script& script, const std::vector<Fixture>& fixtures,
                        const Request& request);
  static std::string merged_fixtures(const std::string& kept, const std::vector<Fixture>& given);
  // A version as it is kept from now on: one that is known stays, with its author and comment, and
  // has the fixtures that are given added.
  struct Kept {
    StoredScript stored;
    Script script;
  };
  Kept keep(const ScriptBody& in, const Request& request, WriteSet& writes);

  HookOffice& office_;
};

}  // namespace cinnabar::hooks
