// The structured fields (RFC 8941) that a signature is written in, as far as it needs them. Pure
// functions; any thread. All throw Error "api_key.signature_malformed".
#pragma once

#include "signature.hpp"

#include <cinnabar/error.hpp>

namespace cinnabar::apikeys {

Error malformed(std::string reason);
// Without blanks at both ends.
std::string trimmed(std::string_view text);
// "label=rest": a dictionary of one member. `header` is named in errors.
std::pair<std::string, std::string> labelled(std::string_view text, const char* header);
// ":base64:"
std::string byte_sequence(std::string_view text, const char* header);
// ("@method" "@target-uri");created=1;keyid="key_1", canonically written. The value is left out.
Signature read_parameters(std::string_view text);

}  // namespace cinnabar::apikeys
