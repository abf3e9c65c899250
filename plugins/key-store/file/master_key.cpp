#include "master_key.hpp"

#include "aead.hpp"

#include <cinnabar/bytes.hpp>
#include <cinnabar/digest_state.hpp>
#include <cinnabar/durable_file.hpp>

#include <cstdlib>
#include <cstring>
#include <string_view>

namespace cinnabar::filekeys {
namespace {

constexpr std::string_view kFilePrefix = "cinnabar-master-key 1 ";
// Some fifty keys: a rotation leaves one.
constexpr std::size_t kFileMax = 4'096;
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

// Calls take with each piece of the text between separators.
template <class Take>
void each_piece(std::string_view text, char separator, Take take) {
  for (;;) {
    const std::size_t end = text.find(separator);
    take(text.substr(0, end));
    if (end == std::string_view::npos) return;
    text.remove_prefix(end + 1);
  }
}

MasterKeys from_variable(const std::string& value) {
  std::vector<MasterKey> keys;
  each_piece(value, ',', [&](std::string_view digits) {
    keys.push_back(from_digits(digits, kMasterKeyVariable));
  });
  return MasterKeys(std::move(keys));
}

std::optional<MasterKeys> from_file(const std::filesystem::path& path) {
  auto text = read_small_file(path, kFileMax);
  if (!text) return std::nullopt;
  const WipedAtExit wiped(*text);
  std::vector<MasterKey> keys;
  each_piece(*text, '\n', [&](std::string_view line) {
    while (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    if (line.empty()) return;
    if (!line.starts_with(kFilePrefix))
      throw unreadable(path.string(), "a line does not begin with 'cinnabar-master-key 1 '");
    keys.push_back(from_digits(line.substr(kFilePrefix.size()), path.string()));
  });
  if (keys.empty()) throw unreadable(path.string(), "it is empty");
  return MasterKeys(std::move(keys));
}

std::size_t text_size(const MasterKeys& keys) {
  return keys.all().size() * (kFilePrefix.size() + 2 * kAeadKeySize + 1);
}

// To be wiped by the caller; it never grows, which would leave a copy behind.
std::string text_of(const MasterKeys& keys) {
  std::string text;
  text.reserve(text_size(keys));
  for (const MasterKey& key : keys.all()) {
    std::string digits = to_hex(key.key().view());
    const WipedAtExit wiped(digits);
    text.append(kFilePrefix).append(digits) += '\n';
  }
  return text;
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

const MasterKey* MasterKeys::find(std::string_view name) const {
  for (const MasterKey& key : keys_)
    if (key.name() == name) return &key;
  return nullptr;
}

MasterKeyring::MasterKeyring(MasterKeys keys)
    : keys_(std::make_shared<const MasterKeys>(std::move(keys))) {}

MasterKeyring::MasterKeyring(MasterKeyring&& other)
    : file_(std::move(other.file_)), keys_(std::move(other.keys_)) {}

MasterKeyring::MasterKeyring(const std::filesystem::path& folder, const MasterKeySource& source) {
  if (source.environment) {
    keys_ = std::make_shared<const MasterKeys>(from_variable(*source.environment));
    return;
  }
  const bool configured = !source.configured_file.empty();
  file_ = configured ? source.configured_file : folder / "master.key";
  if (!configured && !std::filesystem::exists(file_) && !holds_keys(folder)) {
    std::vector<MasterKey> fresh;
    fresh.emplace_back(random_secret(kAeadKeySize));
    std::string text = text_of(MasterKeys(std::move(fresh)));
    const WipedAtExit wiped(text);
    // Of several starts at once one makes the file; all read it.
    write_durable(file_, text, 0600, Existing::keep);
  }
  read_again();
}

std::shared_ptr<const MasterKeys> MasterKeyring::keys() const {
  const std::lock_guard lock(mutex_);
  return keys_;
}

std::shared_ptr<const MasterKeys> MasterKeyring::read_again() {
  if (file_.empty()) return keys();
  auto read = from_file(file_);
  if (!read)
    throw Error("key.master_missing", {{"where", file_.string()}}, {}, CINNABAR_UNAVAILABLE);
  auto fresh = std::make_shared<const MasterKeys>(std::move(*read));
  const std::lock_guard lock(mutex_);
  keys_ = fresh;
  return fresh;
}

void MasterKeyring::write(const MasterKeys& keys) {
  std::string text = text_of(keys);
  const WipedAtExit wiped(text);
  write_durable(file_, text, 0600);
  read_again();
}

void MasterKeyring::add() {
  if (file_.empty()) throw Error("key.master_given");
  std::vector<MasterKey> keys;
  keys.emplace_back(random_secret(kAeadKeySize));
  for (const MasterKey& key : read_again()->all()) keys.emplace_back(Secret(key.key().view()));
  write(MasterKeys(std::move(keys)));
}

bool MasterKeyring::drop_older() {
  if (file_.empty()) return false;
  std::vector<MasterKey> keys;
  keys.emplace_back(Secret(read_again()->current().key().view()));
  write(MasterKeys(std::move(keys)));
  return true;
}

std::optional<std::string> take_master_key_variable() {
  char* value = std::getenv(kMasterKeyVariable);
  if (!value) return std::nullopt;
  std::string taken = value;
  ::explicit_bzero(value, std::strlen(value));
  ::unsetenv(kMasterKeyVariable);
  return taken;
}

}  // namespace cinnabar::filekeys
