#include "kernel/plugin/worker_log.hpp"

#include "kernel/log/log.hpp"
#include "kernel/plugin/host_process.hpp"

namespace cinnabar::kernel {
namespace {

// A damaged document makes some libraries say a thousand things.
constexpr int kLinesPerSecondMax = 50;
constexpr std::size_t kLineSizeMax = 4'000;

}  // namespace

void WorkerLog::feed(std::string_view bytes, std::int64_t now_ms) {
  for (;;) {
    const std::size_t end = bytes.find('\n');
    partial_.append(bytes.substr(0, end == std::string_view::npos ? bytes.size() : end));
    if (partial_.size() > kLineSizeMax) partial_.resize(kLineSizeMax);
    if (end == std::string_view::npos) return;
    line(partial_, now_ms);
    partial_.clear();
    bytes.remove_prefix(end + 1);
  }
}

void WorkerLog::line(std::string_view text, std::int64_t now_ms) {
  if (text.empty()) return;
  // Only the plugin's own messages carry a level; what libraries print is detail.
  LogLevel level = LogLevel::debug;
  if (text.size() >= 2 && text[0] == kLogMark && text[1] >= '0' && text[1] <= '3') {
    level = static_cast<LogLevel>(text[1] - '0');
    text.remove_prefix(2);
  } else {
    const std::lock_guard lock(mutex_);
    last_line_ = std::string(text.substr(0, 200));
  }
  settle(now_ms);
  if (++lines_ <= kLinesPerSecondMax)
    log(level, text, {{"plugin", plugin_}});
  else
    ++dropped_;
}

void WorkerLog::settle(std::int64_t now_ms) {
  if (second_ == now_ms / 1000) return;
  second_ = now_ms / 1000;
  lines_ = 0;
  if (dropped_ > 0)
    log(LogLevel::warning,
        "it says more than the log takes; lines left out: " +
            std::to_string(std::exchange(dropped_, 0)),
        {{"plugin", plugin_}});
}

std::string WorkerLog::take_last_line() {
  const std::lock_guard lock(mutex_);
  return std::exchange(last_line_, {});
}

}  // namespace cinnabar::kernel
