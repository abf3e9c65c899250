#include "kernel/log/log.hpp"

#include <cinnabar/json.hpp>
#include <cinnabar/text.hpp>

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstring>

namespace cinnabar::kernel {
namespace {

// A message from a hostile place must not fill the disk in one line.
constexpr std::size_t kMessageSizeMax = 4'096;

constexpr const char* kNames[] = {"debug", "info", "warning", "error"};

std::atomic<bool> as_json{false};
std::atomic<LogLevel> least{LogLevel::info};

std::string now_text() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return to_rfc3339(Time{std::chrono::duration_cast<std::chrono::milliseconds>(now).count()});
}

// One line, whatever the message holds.
std::string one_line(std::string_view text) {
  std::string out = shortened_text(text, kMessageSizeMax);
  for (char& c : out)
    if (static_cast<unsigned char>(c) < 0x20) c = ' ';
  return out;
}

}  // namespace

void open_log(std::string_view level, std::string_view format) {
  const auto refuse = [](const char* key, std::string_view value, const char* known) {
    throw Error("config.invalid",
                {{"where", "settings"},
                 {"key", key},
                 {"reason", "is " + std::string(value) + "; known are " + known}});
  };
  const auto* known = std::find(std::begin(kNames), std::end(kNames), level);
  if (known == std::end(kNames)) refuse("log.level", level, "debug, info, warning, error");
  least = static_cast<LogLevel>(known - std::begin(kNames));
  if (format != "console" && format != "json") refuse("log.format", format, "console, json");
  as_json = format == "json";
}

void log(LogLevel level, std::string_view message, LogFields fields) {
  if (level < least) return;
  const char* name = kNames[static_cast<int>(level)];
  std::string line;
  if (as_json) {
    Json record = Json::object();
    record.set("at", now_text()).set("level", name).set("message", one_line(message));
    for (const auto& [key, value] : fields) record.set(key, one_line(value));
    line = to_json(record);
  } else {
    constexpr std::size_t kNameWidth = 8;
    line = now_text() + " " + name + std::string(kNameWidth - std::strlen(name), ' ');
    line += one_line(message);
    for (const auto& [key, value] : fields) line += " " + std::string(key) + "=" + one_line(value);
  }
  line += '\n';
  // One write: lines of several threads do not mix. One that cannot be written is lost, for there
  // is nowhere else to say so.
  if (::write(STDERR_FILENO, line.data(), line.size()) < 0) return;
}

}  // namespace cinnabar::kernel
