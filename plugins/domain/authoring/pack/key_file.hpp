// A publisher's private key, in a file that only its owner may read. Stateless.
#pragma once

#include <cinnabar/package/signature.hpp>

namespace cinnabar::authoring {

// Throws Error "authoring.key_unusable" with file and reason.
package::SigningKey read_key(const std::string& name);

}  // namespace cinnabar::authoring
