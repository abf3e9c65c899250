// Idempotency: one effect for a request that is sent again with the same Idempotency-Key.
//
// Three guards, from near to far: requests of this process with the same key wait for each other
// (InFlight); the stored answer of a finished one is given again; and the key's row is part of the
// commit, unique over all nodes. Any thread.
#pragma once

#include "kernel/base/clocks.hpp"
#include "kernel/db/committer.hpp"
#include "kernel/http/server.hpp"

#include <cinnabar/services/domain.hpp>

#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <set>

namespace cinnabar::kernel {

struct IdempotencyKey {
  std::string scope;  // person, tenant and route; on open routes the peer's address
  std::string key;
  std::string fingerprint;  // of what was asked, keyed: a body may hold a password
};

// Throws Error "idempotency.key_invalid" for a key that is not 1 to 128 visible ASCII characters.
void check_idempotency_key(std::string_view key);
// HMAC-SHA-256 (RFC 2104) of a text, in hex.
std::string keyed_digest(std::string_view text, std::string_view secret);
// HMAC-SHA-256 (RFC 2104) over method, target, content type and body, in hex.
std::string request_fingerprint(const HttpRequest& request, std::string_view secret);

// The secret of an installation, from its file; made when there is none. The nodes of a cluster
// share it: a fingerprint made by one is compared by another.
std::string installation_secret(const std::filesystem::path& file);

// The answer that was stored for the key, if any. Throws "idempotency.key_reused" when it was
// stored for another request.
std::optional<HttpAnswer> stored_answer(const Db& db, const IdempotencyKey& key);
// The row that stores it; the write-set is left out.
IdempotencyRecord idempotency_record(const IdempotencyKey& key, const HttpAnswer& answer);

// Keys whose requests are being carried out in this process.
class InFlight {
 public:
  // More would leave no worker for anybody else.
  explicit InFlight(int waiting_max) : waiting_max_(waiting_max) {}

  // Held while the request is carried out; others with the same key wait until it goes.
  class Turn {
   public:
    Turn(InFlight& table, std::string name) : table_(&table), name_(std::move(name)) {}
    Turn(Turn&& other) noexcept
        : table_(std::exchange(other.table_, nullptr)), name_(std::move(other.name_)) {}
    Turn& operator=(Turn&&) = delete;
    ~Turn() {
      if (table_) table_->leave(name_);
    }

   private:
    InFlight* table_;
    std::string name_;
  };

  // Throws Error "idempotency.in_progress" when it does not come to its turn within the time, or
  // when too many wait.
  Turn enter(const IdempotencyKey& key, std::chrono::milliseconds wait_max);

 private:
  void leave(const std::string& name);

  const int waiting_max_;
  std::mutex mutex_;
  std::condition_variable left_;
  std::set<std::string> names_;
  int waiting_ = 0;
};

}  // namespace cinnabar::kernel
