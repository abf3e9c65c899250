// Crash marks: which plugin's code this process was in when a fatal signal ended it. Each call of a
// plugin inside the server is noted for its thread; the signal's handler writes the plugin's id and
// the time into a file that is open already. A plugin that did so twice within ten minutes is not
// loaded at the next start, until its marks are taken out of the file.
//
// A crash in a thread that a plugin started is nobody's. InPlugin: any thread; the rest from the
// control thread.
#pragma once

#include <filesystem>
#include <map>
#include <string>

namespace cinnabar::kernel {

// While it lives, this thread is in that plugin's code. The id outlives it.
class InPlugin {
 public:
  explicit InPlugin(const std::string& id);
  ~InPlugin();
  InPlugin(const InPlugin&) = delete;
  InPlugin& operator=(const InPlugin&) = delete;

 private:
  const char* before_;
};

// From now on a fatal signal leaves its mark in the file, and then ends the process as ever. A
// signal that somebody else handles, as sanitizers do, is left to them.
void watch_crashes(const std::filesystem::path& file);

// Of a file of marks, each line "<Unix ms> <plugin> <signal>": who is marked twice within ten
// minutes, and when at last. What is no mark is passed by.
std::map<std::string, std::int64_t> repeated_crashes(std::string_view marks);
// The same of a file that may not be there.
std::map<std::string, std::int64_t> repeated_crashes_in(const std::filesystem::path& file);

// Takes the plugin's marks out of the file. False: there were none.
bool forget_crashes(const std::filesystem::path& file, const std::string& plugin);

}  // namespace cinnabar::kernel
