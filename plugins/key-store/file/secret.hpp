// Secret: bytes that are wiped when they go. Not copied, only moved. A value; one thread at a time.
#pragma once

#include <openssl/crypto.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cinnabar::filekeys {

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::size_t size) : bytes_(size) {}
  explicit Secret(std::string_view content) : bytes_(content.begin(), content.end()) {}
  ~Secret() { wipe(); }
  Secret(Secret&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}
  Secret& operator=(Secret&& other) noexcept {
    wipe();
    bytes_ = std::exchange(other.bytes_, {});
    return *this;
  }
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;

  unsigned char* data() { return bytes_.data(); }
  const unsigned char* data() const { return bytes_.data(); }
  std::size_t size() const { return bytes_.size(); }
  std::string_view view() const {
    return {reinterpret_cast<const char*>(bytes_.data()), bytes_.size()};
  }

 private:
  void wipe() { OPENSSL_cleanse(bytes_.data(), bytes_.size()); }

  std::vector<unsigned char> bytes_;  // never grows: growing would leave a copy behind
};

// Wipes a text that held something secret, at the end of a scope.
class WipedAtExit {
 public:
  explicit WipedAtExit(std::string& text) : text_(text) {}
  ~WipedAtExit() { OPENSSL_cleanse(text_.data(), text_.size()); }
  WipedAtExit(const WipedAtExit&) = delete;
  WipedAtExit& operator=(const WipedAtExit&) = delete;

 private:
  std::string& text_;
};

}  // namespace cinnabar::filekeys
