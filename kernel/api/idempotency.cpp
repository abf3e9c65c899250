#include "kernel/api/idempotency.hpp"

#include "kernel/base/folders.hpp"
#include "kernel/base/ids.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

namespace cinnabar::kernel {
namespace {

constexpr std::size_t kKeySizeMax = 128;
constexpr std::size_t kSecretSize = 32;  // that of the hash

// Each part with its length, so that no two lists of parts are the same bytes.
std::string sized(std::string_view part) { return std::to_string(part.size()) + ":"; }

}  // namespace

void check_idempotency_key(std::string_view key) {
  bool good = !key.empty() && key.size() <= kKeySizeMax;
  for (const char c : key) good = good && c > 0x20 && c < 0x7f;
  if (!good) throw Error("idempotency.key_invalid");
}

std::string keyed_digest(std::string_view text, std::string_view secret) {
  unsigned char out[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  if (!HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
            reinterpret_cast<const unsigned char*>(text.data()), text.size(), out, &size))
    throw failure("HMAC failed");
  return to_hex({reinterpret_cast<const char*>(out), size});
}

std::string request_fingerprint(const HttpRequest& request, std::string_view secret) {
  const std::string_view type = request.header("content-type");
  const std::string digest =
      sha256_hex({sized(request.method), request.method, sized(request.target), request.target,
                  sized(type), type, request.staged_sha256, sized(request.body), request.body});
  return keyed_digest(digest, secret);
}

std::string installation_secret(const std::filesystem::path& file) {
  // It must last as long as the answers that are kept: with another secret each repeated request
  // would look like a new one.
  std::string secret = kept_text(file, random_bytes(kSecretSize));
  if (secret.size() != kSecretSize)
    throw failure("cannot make " + file.string() + "; if it is damaged, remove it");
  return secret;
}

std::optional<HttpAnswer> stored_answer(const Db& db, const IdempotencyKey& key) {
  const Rows rows = db.query(
      "SELECT fingerprint, answer FROM kernel_idempotency WHERE scope = ? AND idempotency_key = ?",
      {key.scope, key.key});
  if (rows.rows.empty()) return std::nullopt;
  if (rows.rows.front()[0].text() != key.fingerprint) throw Error("idempotency.key_reused");
  return from_json<HttpAnswer>(rows.rows.front()[1].text());
}

IdempotencyRecord idempotency_record(const IdempotencyKey& key, const HttpAnswer& answer) {
  HttpAnswer kept = answer;
  kept.writes = WriteSet{};
  kept.cookie.reset();
  return {key.scope, key.key, key.fingerprint, to_json(kept)};
}

InFlight::Turn InFlight::enter(const IdempotencyKey& key, std::chrono::milliseconds wait_max) {
  const std::string name = key.scope + "\n" + key.key;
  std::unique_lock lock(mutex_);
  if (names_.count(name) != 0) {
    if (waiting_ >= waiting_max_) throw Error("idempotency.in_progress");
    ++waiting_;
    const bool free = left_.wait_for(lock, wait_max, [&] { return names_.count(name) == 0; });
    --waiting_;
    if (!free) throw Error("idempotency.in_progress");
  }
  names_.insert(name);
  return Turn(*this, name);
}

void InFlight::leave(const std::string& name) {
  {
    const std::lock_guard lock(mutex_);
    names_.erase(name);
  }
  left_.notify_all();
}

}  // namespace cinnabar::kernel
