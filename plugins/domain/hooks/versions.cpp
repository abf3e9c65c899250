#include "versions.hpp"

#include "fixtures.hpp"

namespace cinnabar::hooks {
namespace {

std::vector<Fixture> fixtures_in(const std::string& json) {
  return json.empty() ? std::vector<Fixture>() : from_json<std::vector<Fixture>>(json);
}

}  // namespace

ScriptView Versions::view(const StoredScript& stored, const Script& script, bool active) const {
  return {stored.hash,    active,         stored.source,     stored.author,
          stored.at,      stored.comment, script.hooks,      script.warnings,
          fixtures_in(stored.fixtures)};
}

void Versions::require_fixtures(const Script& script, const std::vector<Fixture>& fixtures,
                                const Request& request) {
  if (fixtures.empty()) return;
  const std::string& owner = request.object().id;
  const auto known = office_.points(request.call);
  const auto shared = std::make_shared<const Script>(script);
  const lua::Limits limits = office_.limits(request.call, owner);
  const auto run_one = [&](const Fixture& fixture) {
    lua::Input input{fixture.point, fixture.input,  fixture.now.ms,
                     kFixtureSeed,  fixture.amends, std::nullopt};
    if (const HookPointInfo* point = find_point(*known, fixture.point)) {
      PointRules rules = rules_of(*point);
      input.amends = std::move(rules.amends);
      input.commands = std::move(rules.commands);
    }
    HookRun run =
        office_.runner.run(owner, shared, std::move(input), office_.patience_ms(request.call),
                           HookRunner::Purpose::try_out, limits);
    require_run(run);
    return to_view(std::move(run), script.hash);
  };
  for (const FixtureResult& result : run_fixtures(fixtures, run_one))
    if (!result.difference.empty())
      throw Error("hook.fixture_failed",
                  {{"fixture", result.name}, {"difference", result.difference}}, "/fixtures");
}

// Those kept with the version and those given now; what they are as they are kept.
std::string Versions::merged_fixtures(const std::string& kept, const std::vector<Fixture>& given) {
  if (given.empty()) return kept;
  const std::vector<Fixture> all = with_fixtures(fixtures_in(kept), given);
  std::string json = to_json(all);
  if (all.size() > kFixturesMax || json.size() > lua::kSourceSizeMax)
    throw Error("request.invalid",
                {{"reason", "makes more than " + std::to_string(kFixturesMax) + " fixtures or " +
                                std::to_string(lua::kSourceSizeMax) +
                                " bytes, with those that are kept"}},
                "/fixtures");
  return json;
}

Answer<ScriptView> Versions::read(const Request& request) {
  const std::string& owner = request.object().id;
  const std::string hash = active_hash(office_.host, request.call, owner);
  if (hash.empty()) throw Error("hook.no_script", {{"enterprise", owner}});
  const StoredScript stored = stored_script(office_.host, request.call, owner, hash);
  Answer<ScriptView> answer;
  answer.body = view(stored, office_.runner.load(stored.source), true);
  answer.etag = hash;
  return answer;
}

Versions::Kept Versions::keep(const ScriptBody& in, const Request& request, WriteSet& writes) {
  const std::string& owner = request.object().id;
  Script script = office_.checked(in.source, request.call);
  auto known = find_script(office_.host, request.call, owner, script.hash);
  StoredScript stored = known ? *known
                              : StoredScript{script.hash, in.source, request.subject().person,
                                             office_.host.now(), in.comment, {}};
  const std::string kept = std::exchange(stored.fixtures, {});
  stored.fixtures = merged_fixtures(kept, in.fixtures);
  if (!known)
    add_version(owner, stored, writes);
  else if (stored.fixtures != kept)
    set_fixtures(owner, stored, kept, request.subject().person, writes);
  return {std::move(stored), std::move(script)};
}

Answer<ScriptView> Versions::save(const ScriptBody& in, const Request& request) {
  const std::string& owner = request.object().id;
  Answer<ScriptView> answer;
  const Kept kept = keep(in, request, answer.writes);
  const std::string& hash = kept.script.hash;
  answer.body = view(kept.stored, kept.script,
                     active_hash(office_.host, request.call, owner) == hash);
  answer.etag = hash;
  answer.location = "/api/v1/enterprises/" + owner + "/hooks/versions/" + hash;
  return answer;
}

Answer<ScriptView> Versions::publish(const ScriptBody& in, const Request& request) {
  Answer<ScriptView> answer;
  const Kept kept = keep(in, request, answer.writes);
  require_fixtures(kept.script, fixtures_in(kept.stored.fixtures), request);
  set_active(office_.host, request.call, request.object().id, kept.script.hash,
             request.subject().person, answer.writes);
  answer.body = view(kept.stored, kept.script, true);
  answer.etag = kept.script.hash;
  return answer;
}

Answer<Nothing> Versions::remove(const Request& request) {
  Answer<Nothing> answer;
  set_active(office_.host, request.call, request.object().id, "", request.subject().person,
             answer.writes);
  return answer;
}

Answer<ScriptVersions> Versions::list(const Request& request) {
  const std::string& owner = request.object().id;
  const std::string hash = active_hash(office_.host, request.call, owner);
  Answer<ScriptVersions> answer;
  for (const StoredScript& version : stored_versions(office_.host, request.call, owner))
    answer.body.versions.push_back({version.hash, version.author, version.at,
                                    version.hash == hash, version.comment});
  return answer;
}

Answer<ScriptView> Versions::version(const Request& request) {
  const std::string& owner = request.object().id;
  const StoredScript stored =
      stored_script(office_.host, request.call, owner, request.param("hash"));
  Answer<ScriptView> answer;
  answer.body = view(stored, office_.runner.load(stored.source),
                     active_hash(office_.host, request.call, owner) == stored.hash);
  answer.etag = stored.hash;
  return answer;
}

Answer<ActivationList> Versions::activations_list(const Request& request) {
  Answer<ActivationList> answer;
  answer.body.activations = activations(office_.host, request.call, request.object().id);
  return answer;
}

Answer<ScriptView> Versions::activate_version(const std::string& hash,
                                              const std::vector<Fixture>& more,
                                              const Request& request) {
  const std::string& owner = request.object().id;
  const StoredScript stored = stored_script(office_.host, request.call, owner, hash);
  // Checked again: the points, or what the sandbox lets through, may have changed since.
  const Script script = office_.checked(stored.source, request.call);
  require_fixtures(script, fixtures_in(stored.fixtures), request);
  require_fixtures(script, more, request);
  Answer<ScriptView> answer;
  set_active(office_.host, request.call, owner, hash, request.subject().person, answer.writes);
  answer.body = view(stored, script, true);
  answer.etag = hash;
  return answer;
}

Answer<ScriptView> Versions::activate(const ActivateBody& in, const Request& request) {
  return activate_version(in.hash, in.fixtures, request);
}

// The version before the active one, as it was activated: rolling back twice returns to the newer.
Answer<ScriptView> Versions::roll_back(const Request& request) {
  const std::string& owner = request.object().id;
  const std::string now = active_hash(office_.host, request.call, owner);
  for (const Activation& past : activations(office_.host, request.call, owner))
    if (past.hash == now && !past.previous.empty())
      return activate_version(past.previous, {}, request);
  throw Error("hook.nothing_before", {{"enterprise", owner}});
}

Answer<ShadowView> Versions::shadow(const Request& request) {
  const std::string& owner = request.object().id;
  const Shadow shadow = stored_state(office_.host, request.call, owner).shadow;
  Answer<ShadowView> answer;
  answer.body.hash = shadow.hash;
  if (shadow.hash.empty()) return answer;
  answer.body.points = shadow.points;
  answer.body.since = shadow.since;
  office_.settle(owner);
  const Rows rows = office_.host.query(
      request.call,
      "SELECT SUM(shadowed), SUM(differences) FROM hook_metric WHERE owner = ? AND at >= ?",
      {Json(owner), Json(shadow.since.ms)});
  if (!rows.rows.empty()) {
    answer.body.runs = static_cast<std::int64_t>(rows.rows[0][0].number());
    answer.body.differences = static_cast<std::int64_t>(rows.rows[0][1].number());
  }
  return answer;
}

Answer<ShadowView> Versions::set_shadow(const ShadowBody& in, const Request& request) {
  const std::string& owner = request.object().id;
  const StoredScript stored = stored_script(office_.host, request.call, owner, in.hash);
  office_.checked(stored.source, request.call);
  const auto known = office_.points(request.call);
  for (std::size_t i = 0; i < in.points.size(); ++i)
    if (!find_point(*known, in.points[i]))
      throw Error("hook.point_unknown", {{"point", in.points[i]}, {"nearest", in.points[i]}},
                  "/points/" + std::to_string(i));
  // Runs are counted on the real clock.
  const Shadow shadow{in.hash, in.points, office_.host.now(Clock::real)};
  Answer<ShadowView> answer;
  hooks::set_shadow(owner, shadow, request.subject().person, answer.writes);
  answer.body.hash = shadow.hash;
  answer.body.points = shadow.points;
  answer.body.since = shadow.since;
  return answer;
}

Answer<Nothing> Versions::end_shadow(const Request& request) {
  Answer<Nothing> answer;
  hooks::set_shadow(request.object().id, {}, request.subject().person, answer.writes);
  return answer;
}

Answer<HookSettings> Versions::settings(const Request& request) {
  Answer<HookSettings> answer;
  answer.body = stored_state(office_.host, request.call, request.object().id).settings;
  return answer;
}

Answer<HookSettings> Versions::set_settings(const HookSettings& in, const Request& request) {
  check_settings(in, office_.config);
  Answer<HookSettings> answer;
  if (in.runs_kept == 0) {
    office_.settle(request.object().id);
    answer.writes.run("DELETE FROM hook_run WHERE owner = ?", {Json(request.object().id)});
  }
  hooks::set_settings(request.object().id, in, request.subject().person, answer.writes);
  answer.body = in;
  return answer;
}

}  // namespace cinnabar::hooks
