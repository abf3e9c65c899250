#include "run_book.hpp"

#include <algorithm>

namespace cinnabar::hooks {
namespace {

constexpr std::int64_t kHourMs = 3'600'000, kDayMs = 24 * kHourMs;
constexpr std::int64_t kCountsMs = 60'000;
// Metrics are small; they answer "since when" for so long.
constexpr std::int64_t kMetricDays = 30;

}  // namespace

void RunBook::note(RunRow row, std::int64_t runs_kept, std::int64_t days_kept,
                   const std::function<void(RunRow&)>& complete) {
  const std::int64_t now = host_.now_ms(Clock::real);
  const bool allowed = row.outcome == "allowed" && row.difference.empty();
  const bool within = (!allowed || allowed_rate_.allows(row.owner, kRecordsPerSecond / 2, now)) &&
                      rate_.allows(row.owner, kRecordsPerSecond, now);
  if (within && runs_kept > 0) complete(row);
  const std::lock_guard lock(mutex_);
  if (stopping_) return;
  const bool recorded = within && runs_kept > 0 && notes_.runs.size() < kNotesMax;
  count(row, recorded);
  if (runs_kept == 0) notes_.kept[row.owner] = 0;  // those of before go
  if (recorded) {
    row.id = host_.new_id("hkr");
    row.expires = now + days_kept * kDayMs;
    notes_.kept[row.owner] = runs_kept;
    notes_.runs.push_back(std::move(row));
  }
  if (!thread_.joinable()) thread_ = std::thread([this] { serve(); });
}

void RunBook::count(const RunRow& row, bool recorded) {
  if (notes_.metrics.size() >= kNotesMax) return;
  MetricRow& metric = notes_.metrics[{row.owner, row.point, row.script}];
  metric.owner = row.owner;
  metric.point = row.point;
  metric.script = row.script;
  ++metric.runs;
  metric.denials += row.outcome == "denied";
  metric.errors += row.outcome == "failed";
  metric.cpu_us += row.cpu_us;
  metric.cpu_us_max = std::max(metric.cpu_us_max, row.cpu_us);
  metric.unrecorded += !recorded;
  metric.shadowed += !row.shadow.empty();
  metric.differences += !row.difference.empty();
}

void RunBook::serve() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    stop_changed_.wait_for(lock, std::chrono::milliseconds(flush_ms_), [&] { return stopping_; });
    lock.unlock();
    flush(false);
    lock.lock();
  }
}

void RunBook::flush(bool counts_too) {
  const std::lock_guard one_at_a_time(writing_);
  const std::int64_t now = host_.now_ms(Clock::real);
  Notes notes;
  bool ending = false;
  {
    const std::lock_guard lock(mutex_);
    ending = stopping_;
    std::swap(notes.runs, notes_.runs);
    std::swap(notes.kept, notes_.kept);
    if (counts_too || now - counted_ms_ >= kCountsMs) {
      counted_ms_ = now;
      std::swap(notes.metrics, notes_.metrics);
    }
  }
  try {
    if (!notes.runs.empty() || !notes.metrics.empty() || !notes.kept.empty())
      write(std::move(notes));
    if (!ending) forget_old();
  } catch (const Error& error) {
    host_.log(Level::warning, std::string("records of hooks were lost: ") + error.what());
  }
}

void RunBook::write(Notes notes) {
  constexpr std::size_t kAtOnce = 200;
  const OwnCall own;
  const Call call = own.call();
  const std::int64_t now = host_.now_ms(Clock::real);
  WriteSet writes;
  for (auto& [key, metric] : notes.metrics) {
    metric.id = host_.new_id("hkm");
    metric.at = now;
    Store(host_, call, metric.owner).insert(writes, kMetrics, metric);
  }
  for (const RunRow& row : notes.runs) {
    Store(host_, call, row.owner).insert(writes, kRuns, row);
    if (writes.statements.size() >= kAtOnce) host_.commit(call, std::exchange(writes, {}));
  }
  if (!writes.empty()) host_.commit(call, writes);
  for (const auto& [owner, kept] : notes.kept) prune(owner, kept);
}

// The oldest ones go when there are more than are kept.
void RunBook::prune(const std::string& owner, std::int64_t kept) {
  const OwnCall own(owner);
  const Call call = own.call();
  const Rows rows = host_.query(
      call, "SELECT id FROM hook_run WHERE owner = ? ORDER BY id DESC LIMIT 1 OFFSET ?",
      {Json(owner), Json(kept)});
  if (rows.rows.empty()) return;
  WriteSet writes;
  writes.run("DELETE FROM hook_run WHERE owner = ? AND id <= ?", {Json(owner), rows.rows[0][0]});
  host_.commit(call, writes);
}

void RunBook::forget_old() {
  const std::int64_t now = host_.now_ms(Clock::real);
  if (now - forgotten_ms_ < kHourMs) return;
  forgotten_ms_ = now;
  const OwnCall own;
  WriteSet writes;
  writes.run("DELETE FROM hook_run WHERE expires < ?", {Json(now)});
  writes.run("DELETE FROM hook_metric WHERE at < ?", {Json(now - kMetricDays * kDayMs)});
  host_.commit(own.call(), writes);
}

void RunBook::stop() {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return;
    stopping_ = true;
  }
  stop_changed_.notify_all();
  if (thread_.joinable()) thread_.join();
  flush();
}

}  // namespace cinnabar::hooks
