// Token: one token of a module, logged into, with a pool of sessions. What was lost (a token that
// was pulled out, a session that was closed) is opened again once; a PIN that was refused is never
// tried again, so that no token is locked by us. Owned by the key store; any thread.
//
// The server must not fork while it uses a module (PKCS #11 v2.40 5.6: a child has to initialise it
// anew); it does not: its child processes are spawned with another image.
#pragma once

#include "module.hpp"
#include "pin.hpp"

#include <condition_variable>
#include <mutex>
#include <optional>
#include <vector>

namespace cinnabar::pkcs11keys {

struct TokenSettings {
  std::string module;
  std::string label;   // both empty: the only token there is
  std::string serial;
  std::string pin_file;  // empty: from the environment
  int sessions_max = 8;
};

struct Session {
  const CK_FUNCTION_LIST& functions;
  CK_SESSION_HANDLE handle;
  std::uint64_t login;  // counts; handles of objects hold within one login
};

class Token {
 public:
  // Loads the module only; the first use logs in. Throws Error "key.module_unusable".
  explicit Token(TokenSettings settings);
  ~Token();
  Token(const Token&) = delete;
  Token& operator=(const Token&) = delete;

  // Runs work(const Session&) with a logged-in session that is nobody else's meanwhile; a second
  // time, with another session, when the first was lost. Throws what the work throws, and Error
  // "key.token_missing", "key.token_ambiguous", "key.token_busy", "key.token_failed",
  // "key.pin_missing", "key.pin_wrong", "key.pin_locked", "key.pin_last_try".
  template <class Work>
  auto use(const Work& work) {
    try {
      return attempt(work);
    } catch (const TokenFailure& failure) {
      if (!is_lost(failure.code)) throw token_failed(failure);
    }
    try {
      return attempt(work);
    } catch (const TokenFailure& failure) {
      throw token_failed(failure);
    }
  }

 private:
  // A session for the time of one use. After a failure it is not used again.
  class Lease {
   public:
    explicit Lease(Token& token) : token_(token), session_(token.acquire()) {}
    ~Lease() { token_.release(session_, sound); }
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    const Session& session() const { return session_; }
    bool sound = true;

   private:
    Token& token_;
    Session session_;
  };

  template <class Work>
  auto attempt(const Work& work) {
    Lease lease(*this);
    try {
      return work(lease.session());
    } catch (const TokenFailure& failure) {
      lease.sound = false;
      if (is_lost(failure.code)) forget(lease.session().login);
      throw;
    }
  }

  Session acquire();
  void release(const Session& session, bool sound);
  void forget(std::uint64_t login);
  void close_idle();

  // Under the lock.
  CK_SESSION_HANDLE open_session();
  void add_session();
  void connect();
  void log_in(CK_SESSION_HANDLE session, const CK_TOKEN_INFO& info);
  CK_SLOT_ID find_slot(CK_TOKEN_INFO& info) const;
  std::string wanted() const;
  Error refused(const char* code);

  const TokenSettings settings_;
  Module module_;
  const CK_FUNCTION_LIST& functions_;
  std::mutex mutex_;
  std::condition_variable returned_;
  std::optional<Pin> pin_;
  std::optional<Error> refusal_;  // of the PIN; for good
  bool connected_ = false;
  std::uint64_t login_ = 0;
  CK_SLOT_ID slot_ = 0;
  std::vector<CK_SESSION_HANDLE> idle_;
  std::size_t in_use_ = 0;
  std::size_t sessions_most_;
};

}  // namespace cinnabar::pkcs11keys
