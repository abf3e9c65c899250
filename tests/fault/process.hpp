// A child process of a test, with its standard output. Killed when it goes out of scope. One
// thread.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace cinnabar::fault {

class Process {
 public:
  // extra: further variables of the environment, "NAME=value". Throws std::runtime_error.
  explicit Process(const std::vector<std::string>& command,
                   const std::vector<std::string>& extra = {});
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  // The next line of its output; false at the end, where a line that is not whole is dropped.
  bool line(std::string& out);
  void kill();  // as a crash: no handler runs
  int wait();   // its exit code; negative: the signal that ended it

 private:
  pid_t id_ = -1;
  int output_ = -1;
  std::string buffer_;
};

}  // namespace cinnabar::fault
