// PadesEngine: appends PAdES baseline signatures (EN 319 142-1, levels B-B to B-LTA) to documents
// that it never reads again. What it costs depends on the act, not on the document. Keys,
// timestamps and validation data come through functions, so that the engine knows no key and no
// network.
//
// Owned by the plugin; any thread, any number of acts at once.
#pragma once

#include "appearance.hpp"
#include "growth.hpp"
#include "revision.hpp"

#include <cinnabar/cms.hpp>
#include <cinnabar/services/trust.hpp>

#include <atomic>
#include <functional>

namespace cinnabar::pades {

// Where timestamps come from, and the proof that their authority was good.
struct Stamping {
  // A token over a digest of SHA-256, raw.
  std::function<Stamp(std::string_view digest)> stamp;
  std::function<ValidationData(const Bytes& token)> prove;
};

// Where an act's signature comes from.
struct Signing {
  // The SubjectPublicKeyInfo of the key.
  std::function<std::string()> public_key;
  // The signature over a finished digest.
  std::function<std::string(std::string_view digest_algorithm, std::string_view digest)> sign;
  // Proof that the request's chain is good.
  std::function<ValidationData()> prove;
  Stamping stamping;
};

class PadesEngine {
 public:
  PadesEngine();
  DocumentState base_state(const BaseRequest& request);
  Signed sign(const SignRequest& request, const Signing& signing);
  Archived archive(const ArchiveRequest& request, const Stamping& stamping);

 private:
  std::shared_ptr<const CmsSigner> signer_of(const SignRequest& request, const Signing& signing);
  Stamp append_signature(Growth& growth, const SignRequest& request, const Signing& signing,
                         Signed& result);
  ArchiveStamp append_archive(Growth& growth, const FieldMap& map, const std::string& field,
                              const Stamping& stamping);
  Stamp token_for(const std::string& digest, const std::string& level, const Stamping& stamping);
  std::size_t token_room() const;

  DrawingCache drawings_;
  LruCache<CmsSigner> signers_;  // by key and chain: their keys have been compared
  // The largest token so far. Room is reserved before the token is there; when one is larger than
  // that, the revision is built once more.
  std::atomic<std::size_t> token_size_seen_{0};
};

}  // namespace cinnabar::pades
