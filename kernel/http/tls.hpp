// The TLS side of the server: its hardened context. Inside the HTTP area only; immutable after it
// was made, used by all I/O threads.
#pragma once

#include "kernel/http/connection.hpp"

namespace cinnabar::kernel {

// Throws Error "http.tls_invalid" with the file and the reason.
std::shared_ptr<net::ssl::context> make_tls_context(const HttpSettings& settings);

}  // namespace cinnabar::kernel
