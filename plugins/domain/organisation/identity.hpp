// The small texts that identify people and sessions. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

namespace cinnabar {

// One spelling for one number: "+8613800138000", "8613800138000" and "13800138000" are the same.
std::string normal_mobile(std::string_view mobile);

// Without blanks around it, the ideographic one included.
std::string trimmed(std::string_view name);

std::string sha256_hex(std::string_view text);

// RFC 4648 section 5, without padding: a token for headers and addresses.
std::string base64url(std::string_view bytes);

}  // namespace cinnabar
