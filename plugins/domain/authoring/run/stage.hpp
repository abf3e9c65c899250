// What a throw-away server is started with: the plugin, made ready in a folder that goes with it,
// and what its author is told once it runs. One thread.
#pragma once

#include <cinnabar/json.hpp>

#include <filesystem>
#include <string>

namespace cinnabar::authoring {

// A fresh folder, removed again with all that is in it.
class ThrowAwayFolder {
 public:
  ThrowAwayFolder();
  ~ThrowAwayFolder();
  ThrowAwayFolder(const ThrowAwayFolder&) = delete;
  ThrowAwayFolder& operator=(const ThrowAwayFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

// The folder that can be loaded: `given`, or what the SDK's build made of it. Throws Error
// "authoring.not_built".
std::filesystem::path built_folder(const std::filesystem::path& given);

// Copies the plugin into `plugins`, and binds it for everybody unless an enterprise has to
// configure it first. Returns its manifest.
Json stage_plugin(const std::filesystem::path& built, const std::filesystem::path& plugins);

// What to try, with the accounts of a demonstration as `demo-accounts.txt` tells them.
std::string first_requests(const Json& manifest, const std::string& address,
                           const std::string& accounts);

}  // namespace cinnabar::authoring
