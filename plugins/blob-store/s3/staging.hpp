// Staging: the local folder in which content waits until it is uploaded. Several stores may have
// one folder open; what an earlier process left in it is cleared away by one that is alone. Owned
// by the store; any thread.
#pragma once

#include <cinnabar/durable_file.hpp>

#include <atomic>

namespace cinnabar::s3 {

class Staging {
 public:
  // Makes the folder if it is not there. Throws Error "blob.unavailable".
  explicit Staging(const std::filesystem::path& folder);
  // A path not yet used.
  std::string next();

 private:
  const std::filesystem::path folder_;
  const UniqueFd lock_;  // shared by all stores of the folder that are open
  const std::string prefix_;
  std::atomic<std::uint64_t> count_{0};
};

// "blob.unavailable" with the path and the reason of errno.
Error staging_error(const std::filesystem::path& path);

}  // namespace cinnabar::s3
