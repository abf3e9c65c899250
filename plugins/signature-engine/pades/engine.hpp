// PadesEngine: appends PAdES baseline signatures (EN 319 142-1, levels B-B and B-T) to documents
// that it never reads again. What it costs depends on the act, not on the document. Key and
// timestamp come through functions, so that the engine knows no key and no network.
//
// Owned by the plugin; any thread, any number of acts at once.
#pragma once

#include "appearance.hpp"

#include <cinnabar/cms.hpp>
#include <cinnabar/services/trust.hpp>

#include <atomic>
#include <functional>

namespace cinnabar::pades {

// Where an act's signature and timestamp come from.
struct Signing {
  // The SubjectPublicKeyInfo of the key.
  std::function<std::string()> public_key;
  // The signature over a finished digest.
  std::function<std::string(std::string_view digest_algorithm, std::string_view digest)> sign;
  // A token over a digest of SHA-256, raw.
  std::function<Stamp(std::string_view digest)> stamp;
};

class PadesEngine {
 public:
  PadesEngine();
  DocumentState base_state(const BaseRequest& request);
  Signed sign(const SignRequest& request, const Signing& signing);

 private:
  std::shared_ptr<const CmsSigner> signer_of(const SignRequest& request, const Signing& signing);
  std::size_t contents_size(const CmsSigner& signer, bool stamped) const;

  DrawingCache drawings_;
  LruCache<CmsSigner> signers_;  // by key and chain: their keys have been compared
  // The largest token so far. Room is reserved before the token is there; when one is larger than
  // that, the act is built once more.
  std::atomic<std::size_t> token_size_seen_{0};
};

}  // namespace cinnabar::pades
