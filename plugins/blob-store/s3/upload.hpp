// Writing one object: with one request, or in parts when it is large. On return the endpoint has
// answered that the object is stored, and it was checked that it is the content that was meant:
// the endpoint is told SHA-256 and MD5 of what it gets and refuses anything else; its ETag, or
// else a look at the stored object, says the same. Stateless; any thread.
#pragma once

#include "client.hpp"

namespace cinnabar::s3 {

// Throws as Client does, and "s3.not_kept" when what was stored is something else.
void upload(Client& client, const std::string& sha256, const Payload& payload,
            const Digests::Result& digests);

}  // namespace cinnabar::s3
