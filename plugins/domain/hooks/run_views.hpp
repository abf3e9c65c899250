// The bodies of the requests and answers about runs of scripts. Values.
#pragma once

#include "lua/sandbox.hpp"

#include <cinnabar/json.hpp>

namespace cinnabar::hooks {

// A decision as it is kept and compared.
struct KeptDecision {
  std::string outcome;
  std::string code;
  std::string text;
  std::map<std::string, Json> set;
  std::vector<HookCommand> commands;
};
CINNABAR_DESCRIBE(KeptDecision, outcome, code, text, set, commands)

struct RunView {
  std::string id;
  Time at;
  std::string point;
  std::string script;
  std::string outcome;
  std::string code;
  std::string failure;
  std::string message;
  int line = 0;
  std::int64_t instructions = 0;
  std::int64_t steps = 0;
  std::int64_t memory = 0;
  std::int64_t cpu_us = 0;
  std::string trace;
  Json decision;
  Json input;
  std::string shadow;
  std::string difference;
};
CINNABAR_DESCRIBE(RunView, id, at, point, (script, doc("The version; empty: none was active.")),
                  (outcome, doc("allowed, denied or failed")), (code, doc("Of a denial.")),
                  (failure, doc("error, or the limit that was broken.")),
                  (message, doc("Of an error only where recording is on.")), line,
                  instructions, steps, memory, cpu_us, (trace, doc("The request's id.")),
                  (decision, doc("Without texts and values, unless recording is on.")),
                  (input, doc("Where recording is on, without secret and personal fields.")),
                  (shadow, doc("The version that ran beside it.")),
                  (difference, doc("What that one decided otherwise.")))

struct RunList {
  std::vector<RunView> runs;
  std::string next;
};
CINNABAR_DESCRIBE(RunList, (runs, items(0, 1'000), doc("The newest first.")),
                  (next, doc("The cursor of the next page; empty: none.")))

struct PointMetrics {
  std::string point;
  std::string script;
  std::int64_t runs = 0;
  std::int64_t denials = 0;
  std::int64_t errors = 0;
  std::int64_t cpu_us = 0;
  std::int64_t cpu_us_max = 0;
  std::int64_t unrecorded = 0;
  std::int64_t shadowed = 0;
  std::int64_t differences = 0;
};
CINNABAR_DESCRIBE(PointMetrics, point, script, runs, denials, errors, (cpu_us, doc("Of all runs.")),
                  cpu_us_max, (unrecorded, doc("Runs without a record, because there were many.")),
                  (shadowed, doc("Runs with a shadow beside them.")), differences)

struct MetricsView {
  Time since;
  std::vector<PointMetrics> points;
};
CINNABAR_DESCRIBE(MetricsView, since, points)

struct ReplayBody {
  std::optional<std::string> source;
  std::string hash;
  std::string point;
  int limit = 100;
};
CINNABAR_DESCRIBE(ReplayBody,
                  (source, length(1, lua::kSourceSizeMax), doc("A script; or else `hash`.")),
                  (hash, length(0, 64), format("id"), doc("A version that is kept.")),
                  (point, length(0, 128), doc("Empty: all points.")), (limit, range(1, 200)))

struct Replayed {
  std::string run;
  Time at;
  std::string point;
  std::string was;
  std::string now;
  std::string difference;
};
CINNABAR_DESCRIBE(Replayed, (run, doc("Id of the record.")), at, point, was, now, difference)

struct ReplayView {
  std::string script;
  std::int64_t replayed = 0;
  std::int64_t unrepeatable = 0;
  std::int64_t left = 0;
  std::vector<Replayed> differences;
};
CINNABAR_DESCRIBE(ReplayView, script, (replayed, doc("Records that were run and compared.")),
                  (unrepeatable, doc("Records that are not compared, because the version that ran "
                                     "decides otherwise on what is kept of the input.")),
                  (left, doc("Records for which there was no time.")), differences)

}  // namespace cinnabar::hooks
