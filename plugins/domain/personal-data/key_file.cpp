#include "key_file.hpp"

#include <cinnabar/durable_file.hpp>
#include <cinnabar/sealing.hpp>

#include <openssl/sha.h>
#include <sys/file.h>

#include <fstream>
#include <sstream>

namespace cinnabar {
namespace {

constexpr const char* kWrapping = "cinnabar-personal-wrapping";
constexpr const char* kIndex = "cinnabar-personal-index";

std::string name_of(const std::string& key) {
  unsigned char digest[SHA256_DIGEST_LENGTH];
  const std::string text = "cinnabar-personal-key-name/1" + key;
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest);
  return to_hex({reinterpret_cast<const char*>(digest), 8});
}

std::string line(const char* kind, const std::string& key) {
  return std::string(kind) + " 1 " + to_hex(key) + "\n";
}

// Of two servers that change the file at once the second one sees what the first one wrote: a key
// that is lost takes data with it.
UniqueFd lock_beside(const std::filesystem::path& file) {
  const std::filesystem::path beside = file.string() + ".lock";
  UniqueFd lock(::open(beside.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (lock.get() < 0 || ::flock(lock.get(), LOCK_EX) != 0)
    throw failure("cannot lock " + beside.string());
  return lock;
}

Error unreadable(const std::filesystem::path& file, std::string reason) {
  return Error("personal.key_unreadable", {{"file", file.string()}, {"reason", std::move(reason)}},
               {}, CINNABAR_FAILED);
}

}  // namespace

KeyFile::KeyFile(std::filesystem::path file, Random random)
    : file_(std::move(file)), random_(std::move(random)) {
  // Two servers that start at once on a shared folder: one file is kept, both read it.
  if (!std::filesystem::exists(file_))
    write_durable(file_,
                  line(kWrapping, random_(kSealingKeySize)) +
                      line(kIndex, random_(kSealingKeySize)),
                  0600, Existing::keep);
  read();
}

KeyFile::~KeyFile() {
  for (Wrapping& one : wrappings_) OPENSSL_cleanse(one.key.data(), one.key.size());
  OPENSSL_cleanse(index_.data(), index_.size());
}

void KeyFile::read() {
  const auto written = std::filesystem::last_write_time(file_);
  std::ifstream in(file_);
  std::vector<Wrapping> wrappings;
  std::string index, kind, version, hex, text;
  while (std::getline(in, text)) {
    std::istringstream words(text);
    words >> kind >> version >> hex;
    const auto key = from_hex(hex);
    if (version != "1" || !key || key->size() != kSealingKeySize)
      throw unreadable(file_, "a line is not as it should be");
    if (kind == kWrapping) wrappings.push_back({name_of(*key), *key});
    else if (kind == kIndex) index = *key;
    else throw unreadable(file_, "an unknown kind of key");
  }
  if (wrappings.empty() || index.empty()) throw unreadable(file_, "a key is missing");
  wrappings_ = std::move(wrappings);
  index_ = std::move(index);
  written_ = written;
}

void KeyFile::write(const std::vector<Wrapping>& wrappings) const {
  std::string text;
  for (const Wrapping& one : wrappings) text += line(kWrapping, one.key);
  write_durable(file_, text + line(kIndex, index_), 0600, Existing::replace);
}

KeyFile::Wrapping KeyFile::newest() {
  const std::lock_guard lock(mutex_);
  if (std::filesystem::last_write_time(file_) != written_) read();
  return wrappings_.front();
}

KeyFile::Wrapping KeyFile::named(const std::string& name) {
  const std::lock_guard lock(mutex_);
  for (int tries = 0; tries < 2; ++tries) {
    for (const Wrapping& one : wrappings_)
      if (one.name == name) return one;
    if (tries == 0) read();
  }
  return {};
}

KeyFile::Wrapping KeyFile::add() {
  const std::lock_guard lock(mutex_);
  const UniqueFd among_servers = lock_beside(file_);
  read();
  const std::string key = random_(kSealingKeySize);
  std::vector<Wrapping> all{{name_of(key), key}};
  all.insert(all.end(), wrappings_.begin(), wrappings_.end());
  write(all);
  wrappings_ = std::move(all);
  return wrappings_.front();
}

void KeyFile::keep_newest() {
  const std::lock_guard lock(mutex_);
  const UniqueFd among_servers = lock_beside(file_);
  read();
  wrappings_.resize(1);
  write(wrappings_);
}

}  // namespace cinnabar
