// Secret: bytes that are wiped when they go. Not copied, only moved. They lie in pages of their own
// that are kept out of swap and of core files where the system allows it, and out of children that
// are forked. A value; one thread at a time.
#pragma once

#include <openssl/crypto.h>
#include <sys/mman.h>

#include <new>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cinnabar::filekeys {

// Whole pages. That they could not be locked (RLIMIT_MEMLOCK) is no reason to do without the key.
template <class T>
struct SecretPages {
  using value_type = T;
  SecretPages() = default;
  template <class U>
  SecretPages(const SecretPages<U>&) {}

  T* allocate(std::size_t count) {
    const std::size_t size = count * sizeof(T);
    void* pages = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED) throw std::bad_alloc();
    ::mlock(pages, size);
    ::madvise(pages, size, MADV_DONTDUMP);
    ::madvise(pages, size, MADV_WIPEONFORK);
    return static_cast<T*>(pages);
  }
  void deallocate(T* pages, std::size_t count) {
    OPENSSL_cleanse(pages, count * sizeof(T));
    ::munmap(pages, count * sizeof(T));
  }
  template <class U>
  bool operator==(const SecretPages<U>&) const {
    return true;
  }
};

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::size_t size) : bytes_(size) {}
  explicit Secret(std::string_view content) : bytes_(content.begin(), content.end()) {}
  Secret(Secret&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}
  Secret& operator=(Secret&& other) noexcept {
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
  std::vector<unsigned char, SecretPages<unsigned char>> bytes_;
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
