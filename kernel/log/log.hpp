// The log: lines on standard error, as text for people or as JSON for machines. Secrets do not
// come here; request and contract ids do. Any thread.
#pragma once

#include <initializer_list>
#include <string_view>
#include <utility>

namespace cinnabar::kernel {

enum class LogLevel { debug, info, warning, error };

using LogFields = std::initializer_list<std::pair<std::string_view, std::string_view>>;

// level: debug, info, warning, error; format: console, json. Throws Error "config.invalid".
void open_log(std::string_view level, std::string_view format);
void log(LogLevel level, std::string_view message, LogFields fields = {});

inline void log_info(std::string_view message, LogFields fields = {}) {
  log(LogLevel::info, message, fields);
}
inline void log_warning(std::string_view message, LogFields fields = {}) {
  log(LogLevel::warning, message, fields);
}
inline void log_error(std::string_view message, LogFields fields = {}) {
  log(LogLevel::error, message, fields);
}

}  // namespace cinnabar::kernel
