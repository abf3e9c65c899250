#include "file_key_store.hpp"

#include <cinnabar/durable_file.hpp>

#include <sys/file.h>

#include <algorithm>

namespace cinnabar::filekeys {
namespace {

// Ids come from callers and become file names.
bool well_formed(std::string_view id) {
  return id.size() == 30 && id.starts_with("key_") &&
         std::all_of(id.begin() + 4, id.end(),
                     [](char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'); });
}

// Who makes or removes keys holds the folder shared, who changes a key's file or the master keys
// holds it alone: so no key is made under a master key that is about to be dropped, and none that
// is destroyed comes back. Across processes; of the folder itself, which is always there.
class FolderHold {
 public:
  FolderHold(const std::filesystem::path& folder, int operation)
      : folder_(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
    if (folder_.get() < 0) cinnabar::detail::file_failure("open", folder);
    while (::flock(folder_.get(), operation) != 0)
      if (errno != EINTR) cinnabar::detail::file_failure("lock", folder);
  }

 private:
  UniqueFd folder_;
};

bool is_key_file(const std::filesystem::path& path) {
  return path.extension() == ".key" && well_formed(path.stem().string());
}

Error not_found(std::string_view id) {
  return Error("key.not_found", {{"key", std::string(id.substr(0, 64))}});
}

}  // namespace

FileKeyStore::FileKeyStore(std::filesystem::path folder, MasterKeyring masters,
                           std::function<std::string()> new_id, std::size_t warm_keys_max)
    : folder_(std::move(folder)),
      masters_(std::move(masters)),
      new_id_(std::move(new_id)),
      warm_(warm_keys_max) {}

std::filesystem::path FileKeyStore::path_of(std::string_view id) const {
  if (!well_formed(id)) throw not_found(id);
  return folder_ / (std::string(id) + ".key");
}

std::string FileKeyStore::create(std::string_view algorithm) {
  auto key = std::make_shared<const SoftwareKey>(SoftwareKey::generate(algorithm));
  const std::string id = new_id_();
  const FolderHold hold(folder_, LOCK_SH);
  // Read again: a master key that was replaced must seal nothing more.
  const auto masters = masters_.read_again();
  const Envelope envelope =
      seal(masters->current(), id, std::string(algorithm), key->public_key(), key->pkcs8());
  if (!write_durable(path_of(id), to_json(envelope) + "\n", 0600, Existing::keep))
    throw failure("a key with the id " + id + " exists already");
  warm_.insert(id, std::move(key));
  return id;
}

std::shared_ptr<const SoftwareKey> FileKeyStore::load(std::string_view text, std::string_view id) {
  const Envelope envelope = read_envelope(text, id);
  auto key = std::make_shared<const SoftwareKey>(SoftwareKey::from_pkcs8(opened(envelope)));
  if (key->public_key() != envelope.public_key.view())
    throw Error("key.damaged", {{"key", std::string(id)}, {"part", "public key"}}, {},
                CINNABAR_FAILED);
  return key;
}

std::shared_ptr<const SoftwareKey> FileKeyStore::key_of(std::string_view id) {
  if (auto ready = warm_.find(id)) return ready;
  const auto text = read_small_file(path_of(id));
  if (!text) throw not_found(id);
  return warm_.insert(id, load(*text, id));
}

// Sealed under a master key that is not known here, it may have been rotated meanwhile.
Secret FileKeyStore::opened(const Envelope& envelope) {
  const auto masters = masters_.keys();
  return open(masters->find(envelope.master) ? *masters : *masters_.read_again(), envelope);
}

std::string FileKeyStore::public_key(std::string_view id) { return key_of(id)->public_key(); }

std::string FileKeyStore::sign(std::string_view id, std::string_view digest_algorithm,
                               std::string_view digest) {
  return key_of(id)->sign(digest_algorithm, digest);
}

void FileKeyStore::destroy(std::string_view id) {
  const auto path = path_of(id);
  const FolderHold hold(folder_, LOCK_SH);
  const bool removed = std::filesystem::remove(path);
  warm_.remove(id);
  if (!removed) throw not_found(id);
  sync_folder(folder_);
}

std::vector<std::filesystem::path> FileKeyStore::key_files() const {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder_))
    if (is_key_file(entry.path())) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

// Under a hold of the folder for oneself.
bool FileKeyStore::rewrap_file(const std::filesystem::path& path) {
  const auto text = read_small_file(path);
  if (!text) return false;  // destroyed meanwhile
  const std::string id = path.stem().string();
  // One that is damaged may have to come back from a backup, sealed under the older master key.
  load(*text, id);
  Envelope envelope = read_envelope(*text, id);
  const auto masters = masters_.keys();
  if (envelope.master == masters->current().name()) return false;
  rewrap(*masters, envelope);
  write_durable(path, to_json(envelope) + "\n");
  return true;
}

Rotation FileKeyStore::rotate() {
  {
    const FolderHold hold(folder_, LOCK_EX);
    if (masters_.read_again()->single()) masters_.add();
  }
  Rotation done;
  for (const auto& path : key_files()) {
    const FolderHold hold(folder_, LOCK_EX);
    done.rewrapped += rewrap_file(path);
  }
  const FolderHold hold(folder_, LOCK_EX);
  for (const auto& path : key_files()) {
    ++done.keys;
    done.rewrapped += rewrap_file(path);
  }
  done.older_dropped = masters_.drop_older();
  done.master = masters_.keys()->current().name();
  return done;
}

std::vector<KeyFault> FileKeyStore::check() {
  std::vector<KeyFault> faults;
  for (const auto& path : key_files()) try {
      if (const auto text = read_small_file(path)) load(*text, path.stem().string());
    } catch (const Error& error) {
      faults.push_back({path.stem().string(), error});
    }
  return faults;
}

}  // namespace cinnabar::filekeys
