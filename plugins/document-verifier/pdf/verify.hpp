// Says what became of a signed document: untouched since it was signed, tampered with, unsigned,
// broken; and who signed it, when, and how far that can be trusted.
//
// Pure functions: any thread. Nothing is repaired and no other parser is asked. Trust, revocation,
// time and the strength of algorithms are answers of their own and change no verdict. Sources:
// ISO 32000-2, 12.8; EN 319 142-1; EN 319 102-1; RFC 5652; RFC 3161.
#pragma once

#include <cinnabar/services/document_verifier.hpp>

namespace cinnabar::pdf {

VerifyReport verify_document(const VerifyRequest& request);

// Without anchors, as of now.
VerifyReport verify_document(std::string_view bytes);

}  // namespace cinnabar::pdf
