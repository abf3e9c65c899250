// What was revoked: a file each, <serial>.revoked in one folder, written whole and synced, never
// changed. Several processes may add at once; of two for one serial the first stays. What is in
// memory follows the folder. Owned by the status service; any thread.
#pragma once

#include "crl.hpp"

#include <filesystem>
#include <map>
#include <mutex>

namespace cinnabar::builtinca {

class Revocations {
 public:
  explicit Revocations(std::filesystem::path folder);

  // Durable when it returns. The revocation that holds: an earlier one, or this.
  Revocation add(const Revocation& revocation);
  std::optional<Revocation> find(const std::string& serial) const;  // raw bytes
  // All of them, by serial: those of other processes too.
  std::vector<Revocation> all();

 private:
  std::filesystem::path file_of(const std::string& serial) const;

  std::filesystem::path folder_;
  std::mutex mutex_;
  std::map<std::string, Revocation> known_;  // by the hex of the serial
  std::filesystem::file_time_type listed_{};
};

}  // namespace cinnabar::builtinca
