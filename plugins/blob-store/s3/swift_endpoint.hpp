// SwiftEndpoint: a real S3 endpoint for tests, in a process of its own (tests/lib/s3_endpoint.py),
// with a bucket. Ends with the object, and with the test's process at the latest. One thread.
#pragma once

#include "client.hpp"

#include <cinnabar/testing/folder.hpp>

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>

extern char** environ;

namespace cinnabar::s3 {

inline std::int64_t system_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

class SwiftEndpoint {
 public:
  SwiftEndpoint() {
    int in[2], out[2];
    if (::pipe2(in, O_CLOEXEC) != 0 || ::pipe2(out, O_CLOEXEC) != 0)
      throw std::runtime_error("no pipes for the endpoint");
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in[0], STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
    std::string script =
        (std::filesystem::path(__FILE__).parent_path() / "../../../tests/lib/s3_endpoint.py")
            .lexically_normal()
            .string();
    // The distribution's Python, for which its packages are installed.
    std::string python = "/usr/bin/python3", folder = folder_.path.string();
    char* arguments[] = {python.data(), script.data(), folder.data(), nullptr};
    const int fault = ::posix_spawn(&child_, python.c_str(), &actions, nullptr, arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    ::close(in[0]);
    ::close(out[1]);
    input_ = in[1];
    if (fault != 0) throw std::runtime_error("the endpoint could not be started");
    url_ = ready(out[0]);
    ::close(out[0]);
    Client client(settings(), system_ms);
    const Payload nothing("");
    client.send({"PUT", {}, {}, {}, &nothing, {}}, client.deadline());
  }
  ~SwiftEndpoint() {
    ::close(input_);
    ::waitpid(child_, nullptr, 0);
  }
  SwiftEndpoint(const SwiftEndpoint&) = delete;
  SwiftEndpoint& operator=(const SwiftEndpoint&) = delete;

  Config config(bool path_style = true) const {
    Config config;
    config.endpoint = url_;
    if (!path_style) config.endpoint.replace(7, 9, "localhost");
    config.bucket = "contracts";
    config.access_key = "test:tester";
    config.secret_key = "testing";
    config.path_style = path_style;
    config.part_mb = 5;
    return config;
  }
  Settings settings(bool path_style = true, const std::string& prefix = "") const {
    Settings settings = settings_of(config(path_style));
    settings.prefix = prefix;
    settings.pause_ms = 10;
    return settings;
  }

 private:
  static std::string ready(int fd) {
    std::string line;
    for (char c = 0; ::read(fd, &c, 1) == 1 && c != '\n';) line += c;
    if (!line.starts_with("ready "))
      throw std::runtime_error(
          "the endpoint did not start: are the packages of "
          "`.ci/packages test` installed?");
    return line.substr(6);
  }

  testing::TestFolder folder_;
  pid_t child_ = 0;
  int input_ = -1;
  std::string url_;
};

}  // namespace cinnabar::s3
