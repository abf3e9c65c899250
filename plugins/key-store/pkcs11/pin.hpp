// Pin: the PIN of a token, from a file or from the environment; wiped when it goes, and never put
// into a message. A value; one thread at a time.
#pragma once

#include <string>
#include <string_view>

namespace cinnabar::pkcs11keys {

inline constexpr const char* kPinVariable = "CINNABAR_PKCS11_PIN";

class Pin {
 public:
  Pin() = default;
  ~Pin() { wipe(); }
  Pin(Pin&& other) noexcept { *this = std::move(other); }
  Pin& operator=(Pin&& other) noexcept;
  Pin(const Pin&) = delete;
  Pin& operator=(const Pin&) = delete;

  // The first line of the file; without a file the variable, which is wiped out of the process's
  // environment, where `ps e` would show it. Throws Error "key.pin_missing".
  static Pin read(const std::string& file);

  std::string_view view() const { return text_; }

 private:
  explicit Pin(std::string_view text) : text_(text) {}
  void wipe();
  std::string text_;
};

}  // namespace cinnabar::pkcs11keys
