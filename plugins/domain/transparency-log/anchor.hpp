// Anchor: the newest checkpoint that was signed, kept outside of the database, so that a database
// that is older than it was is noticed: it would be asked to forget entries that were vouched for.
// The file holds the note as it was given out. Any thread.
#pragma once

#include <cinnabar/log/checkpoint.hpp>

#include <filesystem>
#include <mutex>

namespace cinnabar::tlog {

class Anchor {
 public:
  explicit Anchor(std::filesystem::path file) : file_(std::move(file)) {}

  // How long the log is now, and the root that it had at a size.
  using SizeNow = std::function<std::uint64_t()>;
  using RootAt = std::function<log::Hash(std::uint64_t size)>;
  // Why the log cannot be the one that was vouched for; empty: it goes on from there. Asks for the
  // size after it has read what was vouched for: another server may be adding to both.
  std::string compare(const log::VerifierKey& key, const SizeNow& size_now,
                      const RootAt& root) const;

  // Keeps the note durably, unless a larger one is kept already.
  void keep(std::uint64_t size, std::string_view note);

 private:
  std::filesystem::path file_;
  std::mutex mutex_;
  std::uint64_t kept_ = 0;
};

}  // namespace cinnabar::tlog
