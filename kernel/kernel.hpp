// Kernel: the composition root of a serving process. Builds the areas in order, starts the
// plugins, serves, and takes everything down in reverse. One a process; start and stop from the
// main thread, the parts from any thread.
#pragma once

#include "kernel/blob/blobs.hpp"
#include "kernel/config/config.hpp"
#include "kernel/db/committer.hpp"
#include "kernel/event/outbox.hpp"
#include "kernel/http/server.hpp"
#include "kernel/job/jobs.hpp"
#include "kernel/lua/hooks.hpp"
#include "kernel/plugin/plugin_host.hpp"
#include "kernel/tenancy/access.hpp"

namespace cinnabar::kernel {

class Kernel {
 public:
  explicit Kernel(Config config);
  ~Kernel();

  void start();            // everything but the HTTP server's accepting; throws Error
  std::uint16_t serve();   // begins to accept; returns the port
  void stop();             // graceful; twice is once

  const Config& config() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cinnabar::kernel
