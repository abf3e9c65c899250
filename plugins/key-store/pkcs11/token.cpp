#include "token.hpp"

#include <chrono>
#include <cstdlib>
#include <string_view>

namespace cinnabar::pkcs11keys {
namespace {

// An operation takes milliseconds, an RSA-4096 key some seconds: who waits longer is told.
constexpr std::chrono::seconds kWaitMax(20);

// Texts of a token are of fixed size, padded with blanks.
template <std::size_t size>
std::string padded_text(const unsigned char (&bytes)[size]) {
  std::string text(reinterpret_cast<const char*>(bytes), size);
  text.erase(text.find_last_not_of(std::string_view(" \0", 2)) + 1);
  return text;
}

std::string described(const CK_TOKEN_INFO& info) {
  return "\"" + padded_text(info.label) + "\" (" + padded_text(info.serialNumber) + ")";
}

}  // namespace

Token::Token(TokenSettings settings)
    : settings_(std::move(settings)),
      module_(settings_.module),
      functions_(module_.functions()),
      sessions_most_(static_cast<std::size_t>(settings_.sessions_max)) {
  // Out of the environment at once, whether the token is there already or not.
  const char* variable = std::getenv(kPinVariable);
  if (settings_.pin_file.empty() && variable && *variable) pin_ = Pin::read({});
}

Token::~Token() { close_idle(); }

std::string Token::wanted() const {
  if (!settings_.serial.empty()) return "with the serial number " + settings_.serial;
  return settings_.label.empty() ? "of any label" : "\"" + settings_.label + "\"";
}

CK_SLOT_ID Token::find_slot(CK_TOKEN_INFO& info) const {
  CK_ULONG count = 0;
  require("C_GetSlotList", functions_.C_GetSlotList(CK_TRUE, nullptr, &count));
  std::vector<CK_SLOT_ID> slots(count);
  require("C_GetSlotList", functions_.C_GetSlotList(CK_TRUE, slots.data(), &count));
  slots.resize(count);
  std::string present, matching;
  std::optional<CK_SLOT_ID> found;
  for (const CK_SLOT_ID slot : slots) {
    CK_TOKEN_INFO candidate{};
    if (functions_.C_GetTokenInfo(slot, &candidate) != CKR_OK) continue;
    if (!(candidate.flags & CKF_TOKEN_INITIALIZED)) continue;
    present += (present.empty() ? "" : ", ") + described(candidate);
    if (!settings_.serial.empty() && padded_text(candidate.serialNumber) != settings_.serial)
      continue;
    if (!settings_.label.empty() && padded_text(candidate.label) != settings_.label) continue;
    matching += (matching.empty() ? "" : ", ") + described(candidate);
    if (found)
      throw Error("key.token_ambiguous", {{"token", wanted()}, {"found", matching}}, {},
                  CINNABAR_UNAVAILABLE);
    found = slot;
    info = candidate;
  }
  if (!found)
    throw Error("key.token_missing",
                {{"token", wanted()}, {"found", present.empty() ? "none" : present}}, {},
                CINNABAR_UNAVAILABLE);
  return *found;
}

Error Token::refused(const char* code) {
  refusal_.emplace(code, ErrorParams{{"token", wanted()}}, "", CINNABAR_UNAVAILABLE);
  return *refusal_;
}

void Token::log_in(CK_SESSION_HANDLE session, const CK_TOKEN_INFO& info) {
  if (!(info.flags & CKF_LOGIN_REQUIRED)) return;
  if (info.flags & CKF_USER_PIN_LOCKED) throw refused("key.pin_locked");
  if (info.flags & CKF_USER_PIN_FINAL_TRY) throw refused("key.pin_last_try");
  if (!pin_) pin_ = Pin::read(settings_.pin_file);
  const std::string_view pin = pin_->view();
  const CK_RV code = functions_.C_Login(
      session, CKU_USER,
      reinterpret_cast<unsigned char*>(const_cast<char*>(pin.data())), pin.size());
  switch (code) {
    case CKR_OK:
    case CKR_USER_ALREADY_LOGGED_IN:
      return;
    case CKR_PIN_INCORRECT:
    case CKR_PIN_INVALID:
    case CKR_PIN_LEN_RANGE:
      pin_.reset();
      throw refused("key.pin_wrong");
    case CKR_PIN_LOCKED:
    case CKR_PIN_EXPIRED:
    case CKR_USER_PIN_NOT_INITIALIZED:
      throw refused("key.pin_locked");
    default:
      throw TokenFailure{"C_Login", code};
  }
}

CK_SESSION_HANDLE Token::open_session() {
  CK_SESSION_HANDLE session = 0;
  require("C_OpenSession",
          functions_.C_OpenSession(slot_, CKF_SERIAL_SESSION | CKF_RW_SESSION, nullptr, nullptr,
                                   &session));
  return session;
}

// A login belongs to the process and ends with its last session: the first one is kept idle.
void Token::connect() {
  if (refusal_) throw *refusal_;
  CK_TOKEN_INFO info{};
  slot_ = find_slot(info);
  const CK_SESSION_HANDLE session = open_session();
  try {
    log_in(session, info);
  } catch (...) {
    functions_.C_CloseSession(session);
    throw;
  }
  idle_.push_back(session);
  connected_ = true;
  ++login_;
}

// Opens one session more, if the token has it. Not when it is at its own limit: then the limit here
// becomes that one, and who asks waits for a session that is in use.
void Token::add_session() {
  try {
    idle_.push_back(open_session());
  } catch (const TokenFailure& failure) {
    if (is_lost(failure.code)) connected_ = false;
    if (failure.code != CKR_SESSION_COUNT || in_use_ == 0) throw;
    sessions_most_ = in_use_;
  }
}

Session Token::acquire() {
  std::unique_lock lock(mutex_);
  const auto until = std::chrono::steady_clock::now() + kWaitMax;
  do {
    if (!returned_.wait_until(lock, until, [&] { return in_use_ < sessions_most_; }))
      throw Error("key.token_busy", {{"sessions", std::to_string(sessions_most_)}}, {},
                  CINNABAR_UNAVAILABLE);
    if (!connected_) connect();
    if (idle_.empty()) add_session();
  } while (idle_.empty());
  const Session session{functions_, idle_.back(), login_};
  idle_.pop_back();
  ++in_use_;
  return session;
}

void Token::release(const Session& session, bool sound) {
  {
    const std::lock_guard lock(mutex_);
    --in_use_;
    if (sound && connected_ && session.login == login_)
      idle_.push_back(session.handle);
    else
      functions_.C_CloseSession(session.handle);
  }
  returned_.notify_one();
}

void Token::forget(std::uint64_t login) {
  const std::lock_guard lock(mutex_);
  if (login != login_) return;
  close_idle();
  connected_ = false;
}

void Token::close_idle() {
  for (const CK_SESSION_HANDLE session : idle_) functions_.C_CloseSession(session);
  idle_.clear();
}

}  // namespace cinnabar::pkcs11keys
