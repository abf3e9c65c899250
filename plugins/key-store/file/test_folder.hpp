// A folder that is removed again. Test code only.
#pragma once

#include <stdlib.h>

#include <filesystem>
#include <string>

namespace cinnabar::filekeys {

class TestFolder {
 public:
  TestFolder()
      : path([] {
          std::string name = (std::filesystem::temp_directory_path() / "cinnabar-XXXXXX").string();
          return std::filesystem::path(::mkdtemp(name.data()));
        }()) {}
  ~TestFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;

  const std::filesystem::path path;
};

}  // namespace cinnabar::filekeys
