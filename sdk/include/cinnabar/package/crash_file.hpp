// The file of crashes of a data folder, each line "<Unix ms> <plugin> <signal>": whose code the
// server was in when a fatal signal ended it. A plugin that did so twice within ten minutes is not
// loaded at the next start, until its marks are taken out. Stateless; any thread.
#pragma once

#include <cinnabar/durable_file.hpp>

#include <charconv>
#include <functional>
#include <map>

namespace cinnabar::package {

inline std::filesystem::path crash_file(const std::filesystem::path& data) {
  return data / "crashes";
}

namespace detail {

inline constexpr std::int64_t kRepeatedWithinMs = 10 * 60 * 1000;

struct CrashMark {
  std::int64_t at_ms = 0;
  std::string plugin;
};

inline void each_crash(std::string_view marks,
                       const std::function<void(std::string_view, const CrashMark&)>& visit) {
  while (!marks.empty()) {
    const std::string_view line = marks.substr(0, marks.find('\n'));
    marks.remove_prefix(std::min(marks.size(), line.size() + 1));
    const std::size_t first = line.find(' '), second = line.find(' ', first + 1);
    if (second == line.npos) continue;
    CrashMark mark;
    mark.plugin = line.substr(first + 1, second - first - 1);
    if (std::from_chars(line.data(), line.data() + first, mark.at_ms).ec == std::errc())
      visit(line, mark);
  }
}

}  // namespace detail

// Who is marked twice within ten minutes, and when at last. What is no mark is passed by.
inline std::map<std::string, std::int64_t> repeated_crashes(std::string_view marks) {
  std::map<std::string, std::int64_t> last, repeated;
  detail::each_crash(marks, [&](std::string_view, const detail::CrashMark& mark) {
    const auto before = last.find(mark.plugin);
    if (before != last.end() && mark.at_ms >= before->second &&
        mark.at_ms - before->second <= detail::kRepeatedWithinMs)
      repeated[mark.plugin] = mark.at_ms;
    last[mark.plugin] = mark.at_ms;
  });
  return repeated;
}

// The same of a file that may not be there.
inline std::map<std::string, std::int64_t> repeated_crashes_in(const std::filesystem::path& file) {
  return repeated_crashes(read_small_file(file).value_or(std::string()));
}

// Why a plugin is left out for its crashes; empty: it is not.
inline std::string crash_problem(const std::filesystem::path& data, const std::string& plugin) {
  if (data.empty() || !repeated_crashes_in(crash_file(data)).contains(plugin)) return {};
  return "it crashed the server twice within ten minutes; cinnabar plugin release " + plugin +
         " lets it in again";
}

// Takes the plugin's marks out of the file. False: there were none.
inline bool forget_crashes(const std::filesystem::path& file, const std::string& plugin) {
  const std::string marks = read_small_file(file).value_or(std::string());
  std::string kept;
  bool found = false;
  detail::each_crash(marks, [&](std::string_view line, const detail::CrashMark& mark) {
    if (mark.plugin == plugin)
      found = true;
    else
      kept += std::string(line) + "\n";
  });
  if (!found) return false;
  // In its place: a server that runs has it open.
  const UniqueFd out(::open(file.c_str(), O_WRONLY | O_TRUNC | O_CLOEXEC));
  if (out.get() < 0 ||
      ::write(out.get(), kept.data(), kept.size()) != static_cast<ssize_t>(kept.size()))
    cinnabar::detail::file_failure("write", file);
  return true;
}

}  // namespace cinnabar::package
