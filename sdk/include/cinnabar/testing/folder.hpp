// TestFolder: a fresh folder that is removed again with all that is in it. For tests.
#pragma once

#include <stdlib.h>

#include <filesystem>
#include <string>

namespace cinnabar::testing {

class TestFolder {
 public:
  TestFolder() : path(make()) {}
  ~TestFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;

  const std::filesystem::path path;

 private:
  static std::filesystem::path make() {
    std::string name = (std::filesystem::temp_directory_path() / "cinnabar-XXXXXX").string();
    return ::mkdtemp(name.data());
  }
};

}  // namespace cinnabar::testing
