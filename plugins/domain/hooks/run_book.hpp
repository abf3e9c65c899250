// RunBook: what was run, for the enterprise that the script belongs to. A run is noted without
// waiting; a thread writes what was noted twice a second, apart from the request, so that a denial
// is kept although its request changed nothing; counts are written once a minute. When the machine
// fails, that much is lost: they explain, they prove nothing. How many are kept is bounded for each
// owner, by second, by number and by age. Owned by the hook host; any thread.
#pragma once

#include "rate.hpp"

#include <cinnabar/store.hpp>

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <thread>
#include <tuple>

namespace cinnabar::hooks {

// Records of one owner in a second on one node; further runs are only counted.
inline constexpr std::int64_t kRecordsPerSecond = 20;
// Noted and not yet written, of all owners: when the database is away, newer ones are dropped.
inline constexpr std::size_t kNotesMax = 5'000;
// Of an input or a decision as JSON; a longer one is not kept. A TEXT of MariaDB holds 64 KiB.
inline constexpr std::size_t kKeptJsonMax = 60 * 1024;

inline constexpr std::size_t kKeptTraceMax = 128;

struct RunRow {
  std::string id;
  std::string owner;
  Time at;  // business clock
  std::int64_t expires = 0;  // real clock, ms
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
  std::string decision;
  std::string input;
  std::string shadow;
  std::string difference;
};
CINNABAR_DESCRIBE(RunRow, id, owner, at, expires, point, script, outcome, code, failure, message,
                  line, instructions, steps, memory, cpu_us, trace, decision, input, shadow,
                  difference)
inline constexpr Table<RunRow> kRuns{"hook_run"};

struct MetricRow {
  std::string id;
  std::string owner;
  std::string point;
  std::string script;
  std::int64_t at = 0;  // real clock, ms
  std::int64_t runs = 0;
  std::int64_t denials = 0;
  std::int64_t errors = 0;
  std::int64_t cpu_us = 0;
  std::int64_t cpu_us_max = 0;
  std::int64_t unrecorded = 0;
  std::int64_t shadowed = 0;
  std::int64_t differences = 0;
};
CINNABAR_DESCRIBE(MetricRow, id, owner, point, script, at, runs, denials, errors, cpu_us,
                  cpu_us_max, unrecorded, shadowed, differences)
inline constexpr Table<MetricRow> kMetrics{"hook_metric"};

class RunBook {
 public:
  RunBook(const Host& host, std::int64_t flush_ms) : host_(host), flush_ms_(flush_ms) {}
  ~RunBook() { stop(); }
  RunBook(const RunBook&) = delete;
  RunBook& operator=(const RunBook&) = delete;

  // Counts the run, and keeps a record of it while there is room. Denials and failures come first:
  // what was allowed takes at most half of a second's records. `complete` adds to the row what is
  // only made where there is to be a record.
  void note(RunRow row, std::int64_t runs_kept, std::int64_t days_kept,
            const std::function<void(RunRow&)>& complete);
  // Writes what was noted until now, counts as well.
  void flush() { flush(true); }
  // The thread ends; what was noted is written.
  void stop();

 private:
  using MetricKey = std::tuple<std::string, std::string, std::string>;  // owner, point, script
  struct Notes {
    std::vector<RunRow> runs;
    std::map<MetricKey, MetricRow> metrics;
    std::map<std::string, std::int64_t> kept;  // how many, by owner with new runs
  };

  void flush(bool counts_too);
  void count(const RunRow& row, bool recorded);
  void serve();
  void write(Notes notes);
  void prune(const std::string& owner, std::int64_t kept);
  void forget_old();

  const Host& host_;
  const std::int64_t flush_ms_;
  Rate allowed_rate_, rate_;
  std::mutex writing_;  // one flush after the other
  std::mutex mutex_;
  std::condition_variable stop_changed_;
  Notes notes_;
  std::int64_t counted_ms_ = 0;    // when counts were last written
  std::int64_t forgotten_ms_ = 0;  // when old ones were last deleted
  bool stopping_ = false;
  std::thread thread_;  // started with the first note
};

}  // namespace cinnabar::hooks
