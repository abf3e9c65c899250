// The revision that brings the security store of the document up to date: certificates, CRLs and
// OCSP answers as streams, and the store's dictionary, which only ever grows (ISO 32000-2 12.8.4.3,
// EN 319 142-1 5.4.2). Per-signature entries (/VRI) are left out: docs/decisions/0006. Functions of
// their arguments.
#pragma once

#include "segment_writer.hpp"

#include <cinnabar/services/trust.hpp>

#include <optional>

namespace cinnabar::pades {

struct StoreUpdate {
  std::string bytes;
  Place end;
};

// The data that is not held yet, which then is; nothing when all of it is. Throws Error
// "signature.map_invalid" when no store was prepared.
std::optional<StoreUpdate> build_store(const Place& place, const FieldMap& map,
                                       std::vector<StoredProof>& held, const ValidationData& data);

}  // namespace cinnabar::pades
