// Endpoint: a server on this machine's loopback that takes whatever is sent to it over HTTP/1.1,
// says 200 with the same JSON each time, and keeps it: where a plugin that is checked sends to. A
// thread of its own; any thread may ask.
#pragma once

#include <atomic>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace cinnabar::authoring {

class Endpoint {
 public:
  // `silent`: takes requests and never answers. Throws Error when no port is to be had.
  explicit Endpoint(const std::string& body, bool silent = false);
  ~Endpoint();
  Endpoint(const Endpoint&) = delete;
  Endpoint& operator=(const Endpoint&) = delete;

  std::string url() const;
  int port() const { return port_; }
  // What was sent so far: one text for each request, head and body.
  std::vector<std::string> requests();
  void forget();  // what was sent so far

 private:
  void serve();
  void answer(int connection);

  const std::string answer_;
  const bool silent_;
  int socket_ = -1;
  int port_ = 0;
  std::atomic<bool> over_{false};
  std::mutex mutex_;
  std::vector<std::string> requests_;
  std::vector<int> waiting_;  // connections that are not answered; of the thread
  std::thread thread_;
};

}  // namespace cinnabar::authoring
