// A process run under the file shim, and what it left: the folder and the log. One thread.
#pragma once

#include "process.hpp"
#include "replay.hpp"

#include "kernel/base/test_storage.hpp"

#include <fstream>
#include <iterator>
#include <map>

namespace cinnabar::fault {

class Recording {
 public:
  // Runs the program to its end; the folder is its first argument.
  explicit Recording(const std::string& program, const std::vector<std::string>& arguments = {}) {
    std::filesystem::create_directories(folder());
    std::vector<std::string> command{program, folder().string()};
    command.insert(command.end(), arguments.begin(), arguments.end());
    Process process(command, {std::string("LD_PRELOAD=") + CINNABAR_FILE_SHIM,
                              "CINNABAR_SHIM_FOLDER=" + folder().string(),
                              "CINNABAR_SHIM_LOG=" + log_path().string()});
    for (std::string line; process.line(line);) ++lines_;
    exit_code_ = process.wait();
    log_ = read_log(log_path());
  }

  std::filesystem::path folder() const { return temporary_.path / "data"; }
  std::filesystem::path after() const { return temporary_.path / "after"; }  // for replays
  const std::string& log() const { return log_; }
  int exit_code() const { return exit_code_; }
  std::size_t lines() const { return lines_; }  // of its output

  // Whether the whole log, played back without a loss, is the folder: nothing was missed.
  void expect_complete() const {
    std::filesystem::remove_all(after());
    play_back(log_, {log_.size(), Lost::nothing, 0}, after());
    const auto there = files_of(folder()), played = files_of(after());
    ASSERT_FALSE(there.empty());
    for (const auto& [name, content] : there) {
      ASSERT_TRUE(played.contains(name)) << name;
      EXPECT_TRUE(played.at(name) == content) << name << " is another";
    }
    EXPECT_EQ(played.size(), there.size());
  }

 private:
  // Names and content. Without SQLite's shared memory: it is mapped, and made anew by who opens
  // the database first.
  static std::map<std::string, std::string> files_of(const std::filesystem::path& folder) {
    std::map<std::string, std::string> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
      const std::string name = entry.path().lexically_relative(folder).string();
      if (name.ends_with("-shm")) continue;
      std::ifstream file(entry.path(), std::ios::binary);
      files[name] =
          entry.is_directory() ? "a folder" : std::string(std::istreambuf_iterator<char>(file), {});
    }
    return files;
  }
  std::filesystem::path log_path() const { return temporary_.path / "log"; }

  testing::TestFolder temporary_;
  std::string log_;
  std::size_t lines_ = 0;
  int exit_code_ = 0;
};

}  // namespace cinnabar::fault
