// ServerProcess: a `cinnabar serve` of our own in a child process, ended with this object.
#pragma once

#include <string>
#include <vector>

#include <sys/types.h>

namespace cinnabar {

class ServerProcess {
 public:
  // Starts it and waits until it says where it listens. Throws Error "demo.server".
  ServerProcess(const std::string& executable, const std::vector<std::string>& arguments);
  ~ServerProcess();  // asks it to stop and waits
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;

  const std::string& address() const { return address_; }  // "http://127.0.0.1:41234"
  int wait();                                              // until it ends by itself; its exit code
  void stop();

 private:
  pid_t pid_ = -1;
  int output_ = -1;
  std::string address_;
};

}  // namespace cinnabar
