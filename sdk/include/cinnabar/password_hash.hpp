// Passwords as they are kept: Argon2id (RFC 9106) in the PHC string format, with a fresh salt each.
//
// Header-only over libargon2; a plugin that includes it links argon2. Each plugin works on at most
// kPasswordHashesAtOnce hashes at a time, so that the memory taken stays bounded; and that memory
// is mapped and unmapped for each hash, so that an idle server keeps none of it. At most
// kPasswordHashesWaiting callers more wait, each on a thread of the server; others are refused at
// once with "password.busy", whose texts the plugin has in its errors.json. Thread-safety: any
// thread.
#pragma once

#include <cinnabar/bytes.hpp>
#include <cinnabar/error.hpp>

#include <argon2.h>
#include <sys/mman.h>

#include <condition_variable>
#include <cstdint>
#include <cstdio>
#include <mutex>

namespace cinnabar {

// The second recommended set of the OWASP guidance: 19 MiB, two passes, one lane.
inline constexpr std::uint32_t kPasswordMemoryKib = 19 * 1024;
inline constexpr std::uint32_t kPasswordPasses = 2;
inline constexpr std::size_t kPasswordSaltSize = 16;
inline constexpr std::size_t kPasswordHashSize = 32;
inline constexpr int kPasswordHashesAtOnce = 2;
// More than the sixteen threads that serve requests by default: a check takes some 25 ms, so that
// waiting is short. With many more threads, this bounds how many of them a flood of sign-ins holds.
inline constexpr int kPasswordHashesWaiting = 30;
// What a stored hash may ask for: a row from elsewhere must not make the server fall over.
inline constexpr std::uint32_t kPasswordMemoryKibMax = 256 * 1024;
inline constexpr std::uint32_t kPasswordPassesMax = 10;

// Whether two texts are equal, in a time that depends on their lengths only.
inline bool equal_constant_time(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  volatile unsigned char difference = 0;
  for (std::size_t i = 0; i < a.size(); ++i)
    difference = static_cast<unsigned char>(difference |
                                            (static_cast<unsigned char>(a[i]) ^
                                             static_cast<unsigned char>(b[i])));
  return difference == 0;
}

namespace detail {

// Lets so many callers in at a time, and so many wait. Throws Error "password.busy".
class HashGate {
 public:
  HashGate() {
    std::unique_lock lock(mutex());
    if (inside() >= kPasswordHashesAtOnce) {
      if (waiting_count() >= kPasswordHashesWaiting)
        throw Error("password.busy", {}, {}, CINNABAR_UNAVAILABLE);
      ++waiting_count();
      freed().wait(lock, [] { return inside() < kPasswordHashesAtOnce; });
      --waiting_count();
    }
    ++inside();
  }
  ~HashGate() {
    const std::lock_guard lock(mutex());
    --inside();
    freed().notify_one();
  }
  HashGate(const HashGate&) = delete;
  HashGate& operator=(const HashGate&) = delete;

  static int waiting() {
    const std::lock_guard lock(mutex());
    return waiting_count();
  }

 private:
  static std::mutex& mutex() {
    static std::mutex instance;
    return instance;
  }
  static std::condition_variable& freed() {
    static std::condition_variable instance;
    return instance;
  }
  static int& inside() {
    static int count = 0;
    return count;
  }
  static int& waiting_count() {
    static int count = 0;
    return count;
  }
};

// From the system and back to it: malloc would keep blocks of this size for its next caller.
inline int map_hash_memory(std::uint8_t** memory, std::size_t size) {
  void* at = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  *memory = at == MAP_FAILED ? nullptr : static_cast<std::uint8_t*>(at);
  // Faulting small pages in would be a third of the time. Where there are no large ones, it is.
  if (*memory) madvise(at, size, MADV_HUGEPAGE);
  return *memory ? ARGON2_OK : ARGON2_MEMORY_ALLOCATION_ERROR;
}
inline void unmap_hash_memory(std::uint8_t* memory, std::size_t size) { munmap(memory, size); }

inline std::string argon2id(std::string_view password, std::string salt, std::uint32_t memory_kib,
                            std::uint32_t passes, std::size_t size) {
  std::string secret(password);
  std::string out(size, '\0');
  argon2_context context{};
  context.out = reinterpret_cast<std::uint8_t*>(out.data());
  context.outlen = static_cast<std::uint32_t>(out.size());
  context.pwd = reinterpret_cast<std::uint8_t*>(secret.data());
  context.pwdlen = static_cast<std::uint32_t>(secret.size());
  context.salt = reinterpret_cast<std::uint8_t*>(salt.data());
  context.saltlen = static_cast<std::uint32_t>(salt.size());
  context.t_cost = passes;
  context.m_cost = memory_kib;
  context.lanes = 1;
  context.threads = 1;
  context.version = ARGON2_VERSION_13;
  context.allocate_cbk = map_hash_memory;
  context.free_cbk = unmap_hash_memory;
  const HashGate gate;
  const int status = argon2_ctx(&context, Argon2_id);
  if (status != ARGON2_OK) throw failure(std::string("argon2: ") + argon2_error_message(status));
  return out;
}

inline std::string unpadded_base64(std::string_view bytes) {
  std::string text = to_base64(bytes);
  while (text.ends_with('=')) text.pop_back();
  return text;
}
inline std::optional<std::string> from_unpadded_base64(std::string text) {
  text.append((4 - text.size() % 4) % 4, '=');
  return from_base64(text);
}

}  // namespace detail

// "$argon2id$v=19$m=19456,t=2,p=1$salt$hash". The salt: kPasswordSaltSize random bytes.
inline std::string hash_password(std::string_view password, const std::string& salt) {
  const std::string hash = detail::argon2id(password, salt, kPasswordMemoryKib, kPasswordPasses,
                                            kPasswordHashSize);
  return "$argon2id$v=19$m=" + std::to_string(kPasswordMemoryKib) +
         ",t=" + std::to_string(kPasswordPasses) + ",p=1$" + detail::unpadded_base64(salt) + "$" +
         detail::unpadded_base64(hash);
}

// Whether the password is the one that was hashed. False for a stored text that is no such hash.
inline bool password_matches(std::string_view password, const std::string& stored) {
  unsigned memory_kib = 0, passes = 0;
  int parsed = 0;
  std::sscanf(stored.c_str(), "$argon2id$v=19$m=%9u,t=%9u,p=1$%n", &memory_kib, &passes, &parsed);
  const std::size_t middle = stored.find('$', static_cast<std::size_t>(parsed));
  if (parsed == 0 || middle == std::string::npos) return false;
  if (memory_kib > kPasswordMemoryKibMax || passes > kPasswordPassesMax) return false;
  const auto salt = detail::from_unpadded_base64(
      stored.substr(static_cast<std::size_t>(parsed), middle - static_cast<std::size_t>(parsed)));
  const auto hash = detail::from_unpadded_base64(stored.substr(middle + 1));
  if (!salt || !hash || salt->size() < 8 || hash->size() < 16 || hash->size() > 64) return false;
  return equal_constant_time(
      detail::argon2id(password, *salt, memory_kib, passes, hash->size()), *hash);
}

}  // namespace cinnabar
