// SoftToken: a token of SoftHSM in a folder of its own, for tests. SoftHSM reads where its tokens
// are when a module is initialised, so one SoftToken is in use at a time. One thread.
#pragma once

#include "token.hpp"

#include <cinnabar/testing/folder.hpp>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <stdexcept>

extern char** environ;

namespace cinnabar::pkcs11keys {

inline constexpr const char* kSoftPin = "4711-0815";

class SoftToken {
 public:
  explicit SoftToken(const std::string& label = "signing") {
    std::filesystem::create_directory(folder_.path / "tokens");
    folder_.write("softhsm2.conf", "directories.tokendir = " + (folder_.path / "tokens").string() +
                                       "\nlog.level = ERROR\n");
    folder_.write("pin", std::string(kSoftPin) + "\n");
    ::setenv("SOFTHSM2_CONF", (folder_.path / "softhsm2.conf").c_str(), 1);
    add(label);
  }

  void add(const std::string& label) const {
    run({"softhsm2-util", "--init-token", "--free", "--label", label, "--so-pin", "12345678",
         "--pin", kSoftPin});
  }
  // Wipes it and makes it anew, as another program may do.
  void reinitialise(const std::string& label) const {
    run({"softhsm2-util", "--init-token", "--token", label, "--label", label, "--so-pin",
         "12345678", "--pin", kSoftPin});
  }

  TokenSettings settings(const std::string& module = CINNABAR_SOFTHSM) const {
    return {module, "signing", "", pin_file().string(), 8};
  }
  std::filesystem::path pin_file() const { return folder_.path / "pin"; }
  const testing::TestFolder& folder() const { return folder_; }

 private:
  static void run(std::vector<std::string> arguments) {
    std::vector<char*> raw;
    for (std::string& argument : arguments) raw.push_back(argument.data());
    raw.push_back(nullptr);
    posix_spawn_file_actions_t quiet;
    posix_spawn_file_actions_init(&quiet);
    posix_spawn_file_actions_addopen(&quiet, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    pid_t child = 0;
    int status = 0;
    const int fault = ::posix_spawnp(&child, raw[0], &quiet, nullptr, raw.data(), environ);
    posix_spawn_file_actions_destroy(&quiet);
    if (fault != 0 || ::waitpid(child, &status, 0) != child || status != 0)
      throw std::runtime_error("softhsm2-util failed; is softhsm2 installed?");
  }

  testing::TestFolder folder_;
};

}  // namespace cinnabar::pkcs11keys
