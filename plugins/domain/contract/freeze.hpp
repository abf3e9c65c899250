// Freezer: settles all variable content of a contract. Each document gets its values drawn, a
// signature field for every area of every party, and the platform's certification as its first
// signature; from then on it only grows. Nothing is kept unless the act that asked for it commits.
// Made and used within one request.
#pragma once

#include "act.hpp"
#include "plan.hpp"

namespace cinnabar::contract {

class Freezer {
 public:
  // `call` is that of the contract's owner.
  Freezer(const Host& host, const Call& call, const Config& config, PlatformCredential& platform)
      : host_(host), call_(call), config_(config), platform_(platform) {}

  // Freezes all documents of act.contract: rows, blobs and the event go into the act.
  // Returns the documents as they stand then.
  std::vector<DocumentRow> freeze(Act& act, const SealSizes& sizes);
  // Whether it would work with the values known so far; throws what freezing would throw.
  void rehearse(const Contract& contract, const SealSizes& sizes);

 private:
  Frozen prepare(const Contract& contract, const FileRow& file, const DocumentPlan& plan);
  // Appends the certification to a document.
  SignatureRow certify(DocumentRow& document, const FieldMap& map, std::string& segment);

  const Host& host_;
  const Call& call_;
  const Config& config_;
  PlatformCredential& platform_;
};

// Adds a segment to a document's row: the engine's state, the digest, the list of segments.
void append_segment(DocumentRow& document, const DocumentState& state, const Bytes& segment,
                    std::string blob);

// How large the page seals of the contract's enterprises are: their default seals, as far as they
// have any yet. `call` may be anybody's.
SealSizes seal_sizes(const Host& host, const Call& call, const Contract& contract);

// Points to 1/1000 point, rounded up.
std::int64_t milli_points(double points);

}  // namespace cinnabar::contract
