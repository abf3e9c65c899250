#include "pin.hpp"

#include <cinnabar/durable_file.hpp>

#include <cstdlib>
#include <cstring>
#include <utility>

namespace cinnabar::pkcs11keys {
namespace {

Error missing(const std::string& where) {
  return Error("key.pin_missing", {{"where", where}}, {}, CINNABAR_UNAVAILABLE);
}

std::string_view first_line(std::string_view text) {
  return text.substr(0, text.find_first_of("\r\n"));
}

}  // namespace

Pin& Pin::operator=(Pin&& other) noexcept {
  wipe();
  text_ = other.text_;  // a moved short string would stay behind in the other
  other.wipe();
  return *this;
}

void Pin::wipe() {
  ::explicit_bzero(text_.data(), text_.capacity());
  text_.clear();
}

Pin Pin::read(const std::string& file) {
  if (!file.empty()) {
    std::optional<std::string> text;
    try {
      text = read_small_file(file, 4'096);
    } catch (const Error&) {  // not there, not readable, not a PIN: the same to the operator
    }
    if (!text) throw missing(file);
    Pin pin(first_line(*text));
    ::explicit_bzero(text->data(), text->size());
    if (pin.text_.empty()) throw missing(file);
    return pin;
  }
  char* value = std::getenv(kPinVariable);
  if (!value || !*value) throw missing(kPinVariable);
  Pin pin(first_line(value));
  ::explicit_bzero(value, std::strlen(value));
  ::unsetenv(kPinVariable);
  return pin;
}

}  // namespace cinnabar::pkcs11keys
