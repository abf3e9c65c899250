// Kernel: the composition root. Builds the areas in order, starts the plugins, serves, and takes
// everything down in reverse. One a process; life-cycle calls from the main thread.
#pragma once

#include "kernel/config/config.hpp"
#include "kernel/plugin/plugin_host.hpp"

#include <cinnabar/services/doctor.hpp>

namespace cinnabar::kernel {

class Kernel {
 public:
  Kernel(Config config, PluginSettings plugins);
  ~Kernel();
  Kernel(const Kernel&) = delete;
  Kernel& operator=(const Kernel&) = delete;

  // Plugins loaded, database migrated, services there; nothing moves by itself yet. Throws Error.
  void open();
  // After open: jobs and deliveries run, requests are answered. Returns the port.
  std::uint16_t serve();
  void stop();  // graceful; twice is once

  // What is wrong, from the kernel's own tables and from every plugin that examines. After open.
  Findings examine();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cinnabar::kernel
