// cinnabar.seal/1: seals and personal signatures, for the part that stamps them on contracts.
// Thread-safety: any thread.
#pragma once

#include <cinnabar/services/seal_type.hpp>
#include <cinnabar/services/trust.hpp>
#include <cinnabar/write_set.hpp>

namespace cinnabar {

// What a person wants to sign with, for whom.
struct SealUseRequest {
  std::string seal;        // id; empty: the owner's default of that kind
  std::string kind;        // "enterprise" or "personal"
  std::string person;      // who signs
  std::string enterprise;  // acting for; empty for kind "personal"
  std::string contract;    // for the record of use
};
CINNABAR_DESCRIBE(SealUseRequest, seal, kind, person, enterprise, contract)

// A seal ready to be used, or an error: seal.not_found, seal.disabled, seal.not_holder,
// seal.type_disabled, seal.none. The write-set records the use.
struct SealUse {
  std::string seal;
  std::string name;
  std::string type;
  Drawing drawing;
  Credential credential;  // of the seal (enterprise) or of the person
  std::string signer_name;
  WriteSet writes;
};
CINNABAR_DESCRIBE(SealUse, seal, name, type, drawing, credential, signer_name, writes)

// A line of text drawn like a seal is, as vectors: dates inside a signature's appearance.
struct TextDrawingRequest {
  std::string text;
  std::int64_t font_size = 10'500;  // 1/1000 point
};
CINNABAR_DESCRIBE(TextDrawingRequest, text, font_size)
struct TextDrawing {
  Drawing drawing;
};
CINNABAR_DESCRIBE(TextDrawing, drawing)

class Seals {
 public:
  using Interface = Seals;
  virtual ~Seals() = default;
  virtual SealUse use(const SealUseRequest&, const Call&) = 0;
  // Whether the use would succeed, and how large the seal is; nothing is recorded.
  virtual SealUse preview(const SealUseRequest&, const Call&) = 0;
  virtual TextDrawing draw_text(const TextDrawingRequest&, const Call&) = 0;
};
CINNABAR_SERVICE(Seals, "cinnabar.seal/1", use, preview, draw_text)

}  // namespace cinnabar
