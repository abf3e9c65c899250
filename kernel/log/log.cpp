#include "kernel/log/log.hpp"

#include <cinnabar/json.hpp>
#include <cinnabar/text.hpp>

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <atomic>
#include <chrono>

namespace cinnabar::kernel {
namespace {

// A message from a hostile place must not fill the disk in one line.
constexpr std::size_t kMessageSizeMax = 4'096;

std::atomic<bool> as_json{false};

spdlog::logger& logger() {
  static const auto kLogger = [] {
    auto made = std::make_shared<spdlog::logger>("cinnabar",
                                                 std::make_shared<spdlog::sinks::stderr_sink_mt>());
    made->set_pattern("%Y-%m-%dT%H:%M:%S.%e %^%-7l%$ %v");
    made->flush_on(spdlog::level::debug);
    return made;
  }();
  return *kLogger;
}

spdlog::level::level_enum spdlog_level(LogLevel level) {
  switch (level) {
    case LogLevel::debug: return spdlog::level::debug;
    case LogLevel::info: return spdlog::level::info;
    case LogLevel::warning: return spdlog::level::warn;
    case LogLevel::error: break;
  }
  return spdlog::level::err;
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
  if (level == "debug")
    logger().set_level(spdlog::level::debug);
  else if (level == "info")
    logger().set_level(spdlog::level::info);
  else if (level == "warning")
    logger().set_level(spdlog::level::warn);
  else if (level == "error")
    logger().set_level(spdlog::level::err);
  else
    refuse("log.level", level, "debug, info, warning, error");
  if (format != "console" && format != "json") refuse("log.format", format, "console, json");
  as_json = format == "json";
  if (as_json) logger().set_pattern("%v");
}

void log(LogLevel level, std::string_view message, LogFields fields) {
  spdlog::logger& out = logger();
  if (!out.should_log(spdlog_level(level))) return;
  if (!as_json) {
    std::string line = one_line(message);
    for (const auto& [name, value] : fields)
      line += " " + std::string(name) + "=" + one_line(value);
    out.log(spdlog_level(level), "{}", line);
    return;
  }
  constexpr const char* kNames[] = {"debug", "info", "warning", "error"};
  Json record = Json::object();
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  record.set("at",
             to_rfc3339(Time{std::chrono::duration_cast<std::chrono::milliseconds>(now).count()}));
  record.set("level", kNames[static_cast<int>(level)]);
  record.set("message", one_line(message));
  for (const auto& [name, value] : fields) record.set(name, one_line(value));
  out.log(spdlog_level(level), "{}", to_json(record));
}

}  // namespace cinnabar::kernel
