// A plugin that is a program of any language, as a zygote and its workers see it. Each worker has a
// process of the program beside it, confined before it begins: the worker carries the server's
// calls to it in messages that every language can read, and ends as it ends. See
// <cinnabar/process/program.hpp>. One thread.
#pragma once

#include "kernel/plugin/instance.hpp"
#include "kernel/plugin/sandbox.hpp"
#include "kernel/plugin/zygote_client.hpp"

#include <cinnabar/package/manifest.hpp>
#include <cinnabar/process/program.hpp>

namespace cinnabar::kernel {

// What is to be executed in the plugin's folder for its "run": a program of the folder, or one of
// the interpreters that the configuration allows. Throws Error "plugin.refused".
std::vector<std::string> program_of(const Manifest& manifest,
                                    const std::vector<std::string>& interpreters);

class ProgramInstance final : public PluginInstance {
 public:
  ProgramInstance(const HostedPlugin& plugin, const Confinement& confinement,
                  const cinnabar_host* host);
  ~ProgramInstance() override;  // ends the program

  // Tries the program once, so that what does not work is refused when it is loaded.
  void start() override;
  void drain() override {}
  const void* find(std::string_view interface_id) const override;
  // In a worker, before it is confined: starts the program that belongs to it.
  void begin_worker();

 private:
  struct Carrier {
    ProgramInstance* owner;
    std::string interface_id;
    cinnabar_service table;
  };
  void launch();
  void greet();
  void end();
  [[noreturn]] void end_with(const process::Broken& broken);
  cinnabar_status invoke(const Carrier& carrier, const cinnabar_call& call, std::string_view method,
                         const cinnabar_message& request, const cinnabar_reply& reply);

  const HostedPlugin& plugin_;
  const Confinement& confinement_;
  const cinnabar_host* host_;
  std::map<std::string, Carrier, std::less<>> services_;
  int pid_ = -1;
  UniqueFd socket_;
  std::unique_ptr<process::Program> program_;
};

}  // namespace cinnabar::kernel
