#include "revocations.hpp"

#include <cinnabar/durable_file.hpp>

#include <charconv>
#include <chrono>

namespace cinnabar::builtinca {
namespace {

constexpr std::string_view kPrefix = "cinnabar-revocation 1 ";
constexpr std::string_view kEnding = ".revoked";
// A folder's time may stand still while files come: one that changed so shortly ago is read again.
constexpr auto kSettled = std::chrono::seconds(2);

std::optional<Revocation> read(const std::filesystem::path& file, std::string serial) {
  const auto text = read_small_file(file, 256);
  if (!text) return std::nullopt;
  std::string_view rest = *text;
  Revocation out;
  out.serial = std::move(serial);
  const bool prefixed = rest.starts_with(kPrefix);
  if (prefixed) rest.remove_prefix(kPrefix.size());
  const auto number = std::from_chars(rest.data(), rest.data() + rest.size(), out.time.ms);
  const auto end = rest.find('\n');
  const auto at = static_cast<std::size_t>(number.ptr - rest.data());
  if (!prefixed || number.ec != std::errc() || end == std::string_view::npos || at >= end)
    throw Error("certificate.authority_damaged",
                {{"file", file.string()}, {"reason", "it is no revocation"}}, {}, CINNABAR_FAILED);
  out.reason = reason_of(rest.substr(at + 1, end - at - 1));
  return out;
}

}  // namespace

Revocations::Revocations(std::filesystem::path folder) : folder_(std::move(folder)) {
  if (std::filesystem::create_directories(folder_)) sync_folder(folder_.parent_path());
}

std::filesystem::path Revocations::file_of(const std::string& serial) const {
  return folder_ / (to_hex(serial) + std::string(kEnding));
}

Revocation Revocations::add(const Revocation& revocation) {
  if (const auto earlier = find(revocation.serial)) return *earlier;
  const std::string text = std::string(kPrefix) + std::to_string(revocation.time.ms) + " " +
                           std::string(name_of(revocation.reason)) + "\n";
  write_durable(file_of(revocation.serial), text, 0644, Existing::keep);
  return find(revocation.serial).value();
}

std::optional<Revocation> Revocations::find(const std::string& serial) const {
  return read(file_of(serial), serial);
}

std::vector<Revocation> Revocations::all() {
  const std::lock_guard lock(mutex_);
  const auto changed = std::filesystem::last_write_time(folder_);
  if (changed != listed_ || std::filesystem::file_time_type::clock::now() - changed < kSettled) {
    for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
      const std::string name = entry.path().filename().string();
      if (!name.ends_with(kEnding)) continue;  // a draft
      const std::string hex = name.substr(0, name.size() - kEnding.size());
      const auto serial = from_hex(hex);
      if (!serial || known_.count(hex)) continue;
      if (const auto revocation = read(entry.path(), *serial)) known_.emplace(hex, *revocation);
    }
    listed_ = changed;
  }
  std::vector<Revocation> out;
  for (const auto& [hex, revocation] : known_) out.push_back(revocation);
  return out;
}

}  // namespace cinnabar::builtinca
