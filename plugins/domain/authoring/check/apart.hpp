// Running a plugin's code in a process of its own, so that its crash or hang is a finding and
// nothing that it leaves behind is seen by the next check. Called from a process with one thread.
#pragma once

#include "check/report.hpp"

#include <functional>

namespace cinnabar::authoring {

// How a check in the other process tells what it found, at once: what comes after may crash.
class Teller {
 public:
  Teller(int pipe, int value, char* place) : pipe_(pipe), value_(value), place_(place) {}
  void find(const std::string& what, const std::string& where, const std::string& fix) const;
  void detail(const std::string& text) const;
  // Appends to what the process that waits gets back.
  void value(const std::string& text) const;
  // What is being tried now: where a crash or a hang will have happened.
  void at(std::string_view place) const;

 private:
  int pipe_;
  int value_;    // a memory file
  char* place_;  // shared with the process that waits
};

// Runs the check in a fork of this process, at most that long. What it writes to its standard
// output and error is not shown; `output`, if any, gets it, and `value` what the check appended.
CheckStep run_apart(const std::string& name, int timeout_ms,
                    const std::function<void(const Teller&)>& check, std::string* output = nullptr,
                    std::string* value = nullptr);

}  // namespace cinnabar::authoring
