// The security handler. The input is an /Encrypt dictionary, and behind it what is decrypted:
// whole, and from its beginning as far as lengths are of interest.
#include <cinnabar/pdf/decrypt.hpp>
#include <cinnabar/pdf/parser.hpp>

#include <algorithm>

using namespace cinnabar;

namespace {

// The first /ID of all the seeds; keys of the older revisions depend on it.
constexpr std::string_view kId =
    "\x31\x41\x59\x26\x53\x58\x97\x93\x23\x84\x62\x64\x33\x83\x27\x95";
constexpr std::size_t kLengthsMax = 49;  // three blocks, and one more byte

void decrypt(const pdf::Decryptor& decryptor, std::string_view data) {
  // In a block of just that size, so that reading past its end is noticed.
  const std::string copy(data);
  decryptor.decrypt_stream({}, copy, 4, 0);
  pdf::Object value;
  value.kind = pdf::Object::Kind::string;
  value.text = copy;
  decryptor.decrypt_strings(value, 4, 0);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  try {
    pdf::Parser parser(input);
    const pdf::Object dictionary = parser.read_object();
    const auto decryptor = pdf::Decryptor::open(dictionary, kId, "");
    if (!decryptor) return 0;
    const std::string_view rest = input.substr(parser.at());
    decrypt(*decryptor, rest);
    for (std::size_t length = 0; length < std::min(rest.size(), kLengthsMax); ++length)
      decrypt(*decryptor, rest.substr(0, length));
  } catch (const pdf::Malformed&) {
  }
  return 0;
}
