#include "file_key_store.hpp"

#include <cinnabar/durable_file.hpp>

#include <algorithm>

namespace cinnabar::filekeys {
namespace {

// Ids come from callers and become file names.
bool well_formed(std::string_view id) {
  return id.size() == 30 && id.starts_with("key_") &&
         std::all_of(id.begin() + 4, id.end(),
                     [](char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'); });
}

Error not_found(std::string_view id) {
  return Error("key.not_found", {{"key", std::string(id.substr(0, 64))}});
}

}  // namespace

FileKeyStore::FileKeyStore(std::filesystem::path folder, MasterKey master,
                           std::function<std::string()> new_id, std::size_t warm_keys_max)
    : folder_(std::move(folder)),
      master_(std::move(master)),
      new_id_(std::move(new_id)),
      warm_(warm_keys_max) {}

std::filesystem::path FileKeyStore::path_of(std::string_view id) const {
  if (!well_formed(id)) throw not_found(id);
  return folder_ / (std::string(id) + ".key");
}

std::string FileKeyStore::create(std::string_view algorithm) {
  auto key = std::make_shared<const SoftwareKey>(SoftwareKey::generate(algorithm));
  const std::string id = new_id_();
  const Envelope envelope =
      seal(master_, id, std::string(algorithm), key->public_key(), key->pkcs8());
  if (!write_durable(path_of(id), to_json(envelope) + "\n", 0600, Existing::keep))
    throw failure("a key with the id " + id + " exists already");
  warm_.insert(id, std::move(key));
  return id;
}

std::shared_ptr<const SoftwareKey> FileKeyStore::key_of(std::string_view id) {
  if (auto ready = warm_.find(id)) return ready;
  const auto text = read_small_file(path_of(id));
  if (!text) throw not_found(id);
  const Envelope envelope = read_envelope(*text, id);
  auto key = std::make_shared<const SoftwareKey>(SoftwareKey::from_pkcs8(open(master_, envelope)));
  if (key->public_key() != envelope.public_key.view())
    throw Error("key.damaged", {{"key", std::string(id)}, {"part", "public key"}}, {},
                CINNABAR_FAILED);
  return warm_.insert(id, std::move(key));
}

std::string FileKeyStore::public_key(std::string_view id) { return key_of(id)->public_key(); }

std::string FileKeyStore::sign(std::string_view id, std::string_view digest_algorithm,
                               std::string_view digest) {
  return key_of(id)->sign(digest_algorithm, digest);
}

void FileKeyStore::destroy(std::string_view id) {
  const auto path = path_of(id);
  const bool removed = std::filesystem::remove(path);
  warm_.remove(id);
  if (!removed) throw not_found(id);
  sync_folder(folder_);
}

}  // namespace cinnabar::filekeys
