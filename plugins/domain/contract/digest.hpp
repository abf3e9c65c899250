// RunningDigest: the SHA-256 (FIPS 180-4) of a document that only grows. Its state between two
// segments is kept as text, so that no byte is hashed twice. A value; one thread at a time.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace cinnabar::contract {

class RunningDigest {
 public:
  RunningDigest();
  // Throws Error on a text that state() did not make.
  explicit RunningDigest(std::string_view state);

  void add(std::string_view bytes);
  std::string hex() const;    // of everything added so far
  std::string state() const;  // "1:" chaining words ":" length ":" bytes not yet compressed, in hex

 private:
  std::uint32_t words_[8];
  std::uint64_t length_ = 0;
  std::string rest_;  // less than a block
};

std::string sha256_hex(std::string_view bytes);

// A commitment to personal data: it can be checked by who is given value and salt, and says
// nothing to others.
std::string commitment(std::string_view salt, std::string_view value);

}  // namespace cinnabar::contract
