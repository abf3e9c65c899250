#include "runs.hpp"

#include "compare.hpp"
#include "fixtures.hpp"

#include <charconv>

namespace cinnabar::hooks {
namespace {

constexpr int kListDefault = 50, kListMax = 200;
constexpr std::int64_t kMetricsShownMs = 7LL * 86'400'000;

int limit_of(const Request& request) {
  const std::string text = request.query("limit");
  if (text.empty()) return kListDefault;
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 1 || value > kListMax)
    throw Error("request.invalid",
                {{"reason", "must be a number from 1 to " + std::to_string(kListMax)}}, "/limit");
  return value;
}

Json json_in(const std::string& text) { return text.empty() ? Json() : from_json<Json>(text); }

RunView view_of(const RunRow& row) {
  return {row.id,           row.at,      row.point,  row.script,
          row.outcome,      row.code,    row.failure, row.message,
          row.line,         row.instructions, row.steps, row.memory,
          row.cpu_us,       row.trace,   json_in(row.decision), json_in(row.input),
          row.shadow,       row.difference};
}

}  // namespace

std::string Runs::source_of(const std::optional<std::string>& source, const std::string& hash,
                            const Request& request) {
  if (source) return *source;
  const std::string& owner = request.object().id;
  const std::string wanted =
      hash.empty() ? active_hash(office_.host, request.call, owner) : hash;
  if (wanted.empty()) throw Error("hook.no_script", {{"enterprise", owner}});
  return stored_script(office_.host, request.call, owner, wanted).source;
}

Answer<TryView> Runs::try_out(const TryBody& in, const Request& request) {
  const std::string& owner = request.object().id;
  auto script = std::make_shared<const Script>(
      office_.checked(source_of(in.source, in.hash, request), request.call));
  const std::string hash = script->hash;
  const auto known = office_.points(request.call);
  HookRun run = office_.runner.run(
      owner, std::move(script),
      HookOffice::input_for(in.point, find_point(*known, in.point), in.input,
                            in.now ? in.now->ms : office_.host.now_ms(Clock::business),
                            std::string(request.call.trace())),
      office_.patience_ms(request.call), HookRunner::Purpose::try_out,
      office_.limits(request.call, owner));
  require_run(run);
  Answer<TryView> answer;
  answer.body = to_view(std::move(run), hash);
  return answer;
}

Answer<RunList> Runs::list(const Request& request) {
  office_.settle(request.object().id);
  const int limit = limit_of(request);
  std::string where = "expires > ?";
  std::vector<Json> params{Json(office_.host.now_ms(Clock::real))};
  const auto only = [&](const char* name, const char* column) {
    if (const std::string value = request.query(name); !value.empty()) {
      where += std::string(" AND ") + column + " = ?";
      params.push_back(value);
    }
  };
  only("point", "point");
  only("outcome", "outcome");
  if (request.query("differences") == "true") where += " AND difference <> ''";
  if (const std::string cursor = request.query("cursor"); !cursor.empty()) {
    where += " AND id < ?";
    params.push_back(cursor);
  }
  where += " ORDER BY id DESC LIMIT " + std::to_string(limit + 1);
  Answer<RunList> answer;
  for (const RunRow& row : Store(office_.host, request.call, request.object().id)
                               .list(kRuns, where, std::move(params))) {
    if (static_cast<int>(answer.body.runs.size()) == limit) {
      answer.body.next = answer.body.runs.back().id;
      break;
    }
    answer.body.runs.push_back(view_of(row));
  }
  return answer;
}

Answer<Nothing> Runs::forget(const Request& request) {
  office_.settle(request.object().id);
  const std::string& owner = request.object().id;
  Answer<Nothing> answer;
  answer.writes.run("DELETE FROM hook_run WHERE owner = ?", {Json(owner)});
  answer.writes.events.push_back(
      {"hooks.runs_deleted", owner, owner, request.subject().person, Json::object()});
  return answer;
}

Answer<MetricsView> Runs::metrics(const Request& request) {
  office_.settle(request.object().id);
  const std::int64_t since = office_.host.now_ms(Clock::real) - kMetricsShownMs;
  const Rows rows = office_.host.query(
      request.call,
      "SELECT point, script, SUM(runs), SUM(denials), SUM(errors), SUM(cpu_us), MAX(cpu_us_max), "
      "SUM(unrecorded), SUM(shadowed), SUM(differences) FROM hook_metric "
      "WHERE owner = ? AND at >= ? GROUP BY point, script ORDER BY point, script LIMIT 1000",
      {Json(request.object().id), Json(since)});
  Answer<MetricsView> answer;
  answer.body.since = Time{since};
  for (const auto& row : rows.rows) {
    // A sum may be an integer or a decimal number, as the database likes.
    const auto number = [&](std::size_t i) { return static_cast<std::int64_t>(row[i].number()); };
    answer.body.points.push_back({row[0].text(), row[1].text(), number(2), number(3), number(4),
                                  number(5), number(6), number(7), number(8), number(9)});
  }
  return answer;
}

Answer<ReplayView> Runs::replay(const ReplayBody& in, const Request& request) {
  const std::string& owner = request.object().id;
  office_.settle(owner);
  const auto script = std::make_shared<const Script>(
      office_.checked(source_of(in.source, in.hash, request), request.call));
  const lua::Limits limits = office_.limits(request.call, owner);
  Answer<ReplayView> answer;
  ReplayView& out = answer.body;
  out.script = script->hash;
  const std::vector<RunRow> rows = recorded(in, request);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const RunRow& row = rows[i];
    const auto again = [&](const std::shared_ptr<const Script>& version) {
      return rerun(row, version, limits, request);
    };
    // The same input through the version that ran: what was left out of the record, or has changed
    // since, must not look like the other script's doing.
    const auto own = office_.script(request.call, row.script);
    const auto was = own ? again(own) : KeptDecision{"allowed", {}, {}, {}, {}};
    const auto now = again(script);
    if (!was || !now) {  // time is over
      out.left = static_cast<std::int64_t>(rows.size() - i);
      break;
    }
    if (!row.decision.empty() &&
        !difference_of(from_json<KeptDecision>(row.decision), *was).empty()) {
      ++out.unrepeatable;
      continue;
    }
    ++out.replayed;
    if (std::string difference = difference_of(*was, *now); !difference.empty())
      out.differences.push_back(
          {row.id, row.at, row.point, was->outcome, now->outcome, std::move(difference)});
  }
  return answer;
}

std::vector<RunRow> Runs::recorded(const ReplayBody& in, const Request& request) const {
  std::string where = "expires > ? AND input <> ''";
  std::vector<Json> params{Json(office_.host.now_ms(Clock::real))};
  if (!in.point.empty()) {
    where += " AND point = ?";
    params.push_back(in.point);
  }
  where += " ORDER BY id DESC LIMIT " + std::to_string(in.limit);
  std::vector<RunRow> rows = Store(office_.host, request.call, request.object().id)
                                 .list(kRuns, where, std::move(params));
  std::erase_if(rows, [](const RunRow& row) { return !is_of_script(row.failure); });
  return rows;
}

std::optional<KeptDecision> Runs::rerun(const RunRow& row,
                                        const std::shared_ptr<const Script>& script,
                                        const lua::Limits& limits, const Request& request) {
  const auto known = office_.points(request.call);
  const HookRun run = office_.runner.run(
      request.object().id, script,
      HookOffice::input_for(row.point, find_point(*known, row.point), json_in(row.input),
                            row.at.ms, row.trace),
      office_.patience_ms(request.call), HookRunner::Purpose::try_out, limits);
  if (is_passing(run)) return std::nullopt;
  return kept_decision(run.result);
}

}  // namespace cinnabar::hooks
