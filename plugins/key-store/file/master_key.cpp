#include "master_key.hpp"

#include "aead.hpp"

#include <cinnabar/bytes.hpp>
#include <cinnabar/digest_state.hpp>
#include <cinnabar/durable_file.hpp>

#include <string_view>

namespace cinnabar::filekeys {
namespace {

constexpr std::string_view kFilePrefix = "cinnabar-master-key 1 ";
constexpr std::string_view kNameLabel = "cinnabar-master-key-name/1";

Error unreadable(const std::string& where, const char* reason) {
  return Error("key.master_unreadable", {{"where", where}, {"reason", reason}}, {},
               CINNABAR_UNAVAILABLE);
}

MasterKey from_digits(std::string_view digits, const std::string& where) {
  if (digits.size() != 2 * kAeadKeySize) throw unreadable(where, "not 64 hex digits");
  std::string bytes = from_hex(digits).value_or(std::string());
  const WipedAtExit wiped(bytes);
  if (bytes.size() != kAeadKeySize) throw unreadable(where, "not 64 hex digits");
  return MasterKey(Secret(bytes));
}

std::optional<MasterKey> from_file(const std::filesystem::path& path) {
  auto text = read_small_file(path, 4096);
  if (!text) return std::nullopt;
  const WipedAtExit wiped(*text);
  std::string_view digits = *text;
  while (!digits.empty() && (digits.back() == '\n' || digits.back() == '\r'))
    digits.remove_suffix(1);
  if (!digits.starts_with(kFilePrefix))
    throw unreadable(path.string(), "does not begin with 'cinnabar-master-key 1 '");
  return from_digits(digits.substr(kFilePrefix.size()), path.string());
}

bool holds_keys(const std::filesystem::path& folder) {
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    if (entry.path().extension() == ".key" && entry.path().filename().string().starts_with("key_"))
      return true;
  return false;
}

}  // namespace

MasterKey::MasterKey(Secret key) : key_(std::move(key)) {
  std::string labelled(kNameLabel);
  labelled.reserve(labelled.size() + key_.size());
  labelled += key_.view();
  const WipedAtExit wiped(labelled);
  name_ = to_hex(sha256(labelled).substr(0, 8));
}

MasterKey load_master_key(const std::filesystem::path& folder, const MasterKeySource& source) {
  if (source.environment) return from_digits(*source.environment, kMasterKeyVariable);
  const bool configured = !source.configured_file.empty();
  const auto path = configured ? source.configured_file : folder / "master.key";
  if (auto key = from_file(path)) return std::move(*key);
  if (configured || holds_keys(folder))
    throw Error("key.master_missing", {{"where", path.string()}}, {}, CINNABAR_UNAVAILABLE);

  const Secret fresh = random_secret(kAeadKeySize);
  std::string text(kFilePrefix);
  text.reserve(kFilePrefix.size() + 2 * kAeadKeySize + 1);
  std::string digits = to_hex(fresh.view());
  const WipedAtExit wiped_text(text), wiped_digits(digits);
  text += digits;
  text += '\n';
  // Of several starts at once one makes the file; all read it.
  write_durable(path, text, 0600, Existing::keep);
  if (auto key = from_file(path)) return std::move(*key);
  throw unreadable(path.string(), "vanished after it was written");
}

}  // namespace cinnabar::filekeys
