// Trusted certificates from PEM files, folders of them, and the system's own list.
//
// Pure functions that read files: any thread.
#pragma once

#include <cinnabar/bytes.hpp>

#include <string>
#include <vector>

namespace cinnabar {

// Each entry is a file, a folder, or "system". Throws verify.trust_unreadable.
std::vector<Bytes> read_trust(const std::vector<std::string>& entries);

// The certificates of a PEM text, DER (RFC 7468).
std::vector<Bytes> certificates_of(const std::string& pem);

}  // namespace cinnabar
