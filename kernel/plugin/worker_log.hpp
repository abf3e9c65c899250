// WorkerLog: carries what a plugin's processes write into the server's log, line by line, at most
// so many a second, and says how many it left out. The lines are hostile: they are cut and stripped
// of control characters. Fed by one thread; last_line() from any.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

namespace cinnabar::kernel {

class WorkerLog {
 public:
  explicit WorkerLog(std::string plugin) : plugin_(std::move(plugin)) {}

  // What was read from the pipe, in any pieces.
  void feed(std::string_view bytes, std::int64_t now_ms);
  // Whether lines are left out; settle() says how many, once their second has passed.
  bool dropping() const { return dropped_ > 0; }
  void settle(std::int64_t now_ms);
  // The newest line that a library wrote, and forgets it: often why a process ended.
  std::string take_last_line();

 private:
  void line(std::string_view text, std::int64_t now_ms);

  const std::string plugin_;
  std::string partial_;
  std::int64_t second_ = 0;
  int lines_ = 0;  // in that second
  std::int64_t dropped_ = 0;
  std::mutex mutex_;
  std::string last_line_;
};

}  // namespace cinnabar::kernel
