#include "batch.hpp"

#include "statement_text.hpp"

#include <cinnabar/error.hpp>

#include <charconv>

namespace cinnabar::mysql {

namespace {

// Large enough for some hundred statements, far below any max_allowed_packet.
constexpr std::size_t kTextSizeMax = 256 * 1024;
constexpr std::size_t kShownSqlMax = 120;

constexpr std::string_view kNoCounts = "SET @cinnabar = '';";
constexpr std::string_view kCount = ";SET @cinnabar = CONCAT(@cinnabar, ROW_COUNT(), ' ');";
constexpr std::string_view kCounts = "SELECT @cinnabar";

// REPLACE counts the row that went as well.
bool as_expected(std::int64_t changed, std::int64_t expected, bool replaces) {
  if (expected < 0) return true;
  return replaces ? changed >= expected && changed <= 2 * expected : changed == expected;
}

}  // namespace

Batch::Batch(Connection& connection, const std::string& opening)
    : connection_(connection), text_(std::string(kNoCounts) + opening + std::string(kCount)) {
  expected_.push_back({1, false});
}

Outcome Batch::add(const cinnabar_statement& statement) {
  const StatementText& parsed = connection_.parsed(view(statement.sql));
  std::string problem = parsed.problem;
  if (problem.empty() && parsed.parts.size() != statement.param_count + 1)
    problem = "the statement has " + std::to_string(parsed.parts.size() - 1) +
              " parameters, given were " + std::to_string(statement.param_count);
  std::string text;
  if (problem.empty()) append_statement(text, parsed, statement.params);
  if (text.size() + 1'024 > connection_.packet_max())
    problem = "the statement takes " + std::to_string(text.size()) +
              " bytes, more than the server's max_allowed_packet allows";
  if (!problem.empty()) {
    // Those before it come first: one of them may be what really failed.
    if (Outcome outcome = send(); !outcome.ok()) return outcome;
    failed_ = sent_;
    return {Fault::failed,
            problem + ": " + std::string(view(statement.sql).substr(0, kShownSqlMax))};
  }
  if (text_.size() + text.size() > kTextSizeMax)
    if (Outcome outcome = send(); !outcome.ok()) return outcome;
  text_ += text;
  text_ += kCount;
  expected_.push_back({statement.expect_rows, parsed.replaces});
  return {};
}

Outcome Batch::finish() { return send(); }

Outcome Batch::send() {
  std::string counts;
  Outcome outcome = connection_.run_all(text_ + std::string(kCounts), counts);
  // How far it got: the error may only be what a failed guard led to.
  if (outcome.fault == Fault::conflict || outcome.fault == Fault::failed)
    if (const Outcome asked = connection_.value(std::string(kCounts), counts); !asked.ok())
      return asked;
  outcome = judge(counts, std::move(outcome));
  if (!outcome.ok()) return outcome;
  sent_ = failed_;
  text_ = kNoCounts;
  expected_.clear();
  return {};
}

// The first guard that counted wrong, else the error of the statement behind the last count.
Outcome Batch::judge(std::string_view counts, Outcome outcome) {
  failed_ = sent_;
  for (const Expected& expected : expected_) {
    const std::size_t end = counts.find(' ');
    if (end == std::string_view::npos) break;
    std::int64_t changed = 0;
    std::from_chars(counts.data(), counts.data() + end, changed);
    if (!as_expected(changed, expected.rows, expected.replaces))
      return {Fault::conflict, "changed " + std::to_string(changed) + " rows, expected were " +
                                   std::to_string(expected.rows)};
    counts.remove_prefix(end + 1);
    if (opened_)
      ++failed_;
    else
      opened_ = true;
  }
  return outcome;
}

}  // namespace cinnabar::mysql
