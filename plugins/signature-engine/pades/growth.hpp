// Growth: a document as it grows by the revisions of one act: where it ends, the digests of all its
// bytes, what its security store holds, and the bytes that are new. Owned by the act; one thread.
#pragma once

#include "segment_writer.hpp"

#include <cinnabar/digest_state.hpp>

namespace cinnabar::pades {

class Growth {
 public:
  // Throws Error "signature.state_unreadable" and "signature.state_mismatch".
  explicit Growth(const DocumentState& state)
      : place{state.length, state.start_xref, state.next_object},
        digest(DigestState::decode(state.digest_state)),
        digest_384(state.digest_state_384),
        proofs(state.proofs),
        archives(state.archives) {
    if (digest.size() != state.length)
      throw Error("signature.state_mismatch", {{"reason", "digest state and length differ"}});
  }

  // Appends a revision; `after` is the digest with it.
  void append(std::string bytes, const Place& end, const DigestState& after) {
    digest = after;
    place = end;
    if (segment.empty())
      segment = std::move(bytes);
    else
      segment += bytes;
  }
  void append(std::string bytes, const Place& end) {
    DigestState after = digest;
    after.update(bytes);
    append(std::move(bytes), end, after);
  }

  DocumentState state() const {
    return {2,      place.length, place.start_xref, place.next_object, digest.encode(), digest_384,
            proofs, archives};
  }

  Place place;
  DigestState digest;
  std::string digest_384;  // encoded; may cover less than all bytes
  std::vector<StoredProof> proofs;
  int archives;
  std::string segment;
};

}  // namespace cinnabar::pades
