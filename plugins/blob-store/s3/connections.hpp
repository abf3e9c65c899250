// Connections: HTTP(S) exchanges with the endpoint by libcurl, at most so many at once, over
// connections that are kept open. Certificates are always checked; no redirects, no proxy of the
// environment, no other protocols. Any thread.
#pragma once

#include "payload.hpp"
#include "settings.hpp"

#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <stdexcept>

namespace cinnabar::s3 {

using Deadline = std::chrono::steady_clock::time_point;

struct Exchange {
  std::string method;
  std::string url;
  std::vector<std::string> headers;  // "name: value"
  const Payload* payload = nullptr;  // null: none
  std::size_t body_max = 0;          // of the answer
};

struct Answer {
  long status = 0;
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;

  std::string header(const std::string& name) const {
    const auto found = headers.find(name);
    return found == headers.end() ? std::string() : found->second;
  }
};

// No whole answer came; what() says why, for an operator.
struct Broken : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Who answers is not who its certificate, or the settings, should make it: this does not pass.
struct Untrusted : Broken {
  using Broken::Broken;
};

class Connections {
 public:
  explicit Connections(const Settings& settings);
  ~Connections();
  Connections(const Connections&) = delete;
  Connections& operator=(const Connections&) = delete;

  // Throws Broken or Untrusted, at the deadline at the latest.
  Answer exchange(const Exchange& exchange, Deadline deadline);

 private:
  class Lease;
  const Settings& settings_;
  std::mutex mutex_;
  std::condition_variable given_back_;
  std::vector<void*> idle_;  // CURL handles, each with its open connection
  int leased_ = 0;
};

}  // namespace cinnabar::s3
