// Says what became of a signed document: untouched since it was signed, tampered with, unsigned,
// broken.
//
// Pure function: any thread. Nothing is repaired and no other parser is asked;
// trust in certificates, revocation and the strength of algorithms are other questions, answered
// elsewhere. Sources: ISO 32000-2, 12.8; EN 319 142-1; RFC 5652; RFC 3161.
#pragma once

#include <cinnabar/services/document_verifier.hpp>

namespace cinnabar::pdf {

VerifyReport verify_document(std::string_view bytes);

}  // namespace cinnabar::pdf
