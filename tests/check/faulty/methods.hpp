// An auth method, a seal type, a notification channel and stores that are sound, but for the one
// fault that has_fault names. Thread-safety: any thread, but for the faults.
#pragma once

#include "fault.hpp"

#include <cinnabar/host.hpp>
#include <cinnabar/services/auth_method.hpp>
#include <cinnabar/services/notification_channel.hpp>
#include <cinnabar/services/seal_type.hpp>
#include <cinnabar/tables.hpp>

#include <atomic>
#include <mutex>
#include <set>

namespace faulty {

using namespace cinnabar;

// A one-time code that is sent to the signer.
class Codes : public AuthMethod {
 public:
  explicit Codes(Host& host) : host_(host) {}
  Enrolment enrol(const EnrolRequest& in, const Call& call) override;
  Challenge begin(const BeginRequest& in, const Call& call) override;
  Verdict verify(const VerifyAnswerRequest& in, const Call& call) override;

 private:
  std::string make_code(const BeginRequest& in) const;
  void tell(const std::string& code, const BeginRequest& in) const;
  void wait_without_end(const Call& call) const;
  static Clock clock();
  static std::string given_in(const Json& answer);
  Verdict judged(const VerifyAnswerRequest& in);

  Host& host_;
  std::string current_contract_;
  std::set<std::string> contracts_;
};

class Square : public SealType {
 public:
  explicit Square(Host& host) : host_(host) {}
  SealImage draw(const SealDesign& in, const Call& call) override;

 private:
  std::string mark() const;
  Host& host_;
};

class Letters : public NotificationChannel {
 public:
  explicit Letters(Host& host) : host_(host) {}
  Receipt deliver(const Notification& in, const Call& call) override;

 private:
  void write_row(const Notification& in, const Call& call, Receipt& receipt) const;
  Host& host_;
  std::mutex mutex_;
  std::set<std::string> written_;
};

// One content, in memory.
class Shelf : public BlobStore {
 public:
  std::string stage() override;
  void adopt(const std::string& path, std::string_view sha256) override;
  void put(std::string_view sha256, std::string_view content) override;
  std::uint64_t size(std::string_view sha256) override;
  void read(std::string_view sha256, std::uint64_t offset, std::uint64_t size,
            const std::function<void(std::string_view)>& part) override;
  void remove(std::string_view sha256) override;
  void list(const std::function<void(std::string_view)>& each) override;

 private:
  std::atomic<bool> stored_{false};
};

// One key, which signs nothing.
class Keys : public KeyStore {
 public:
  std::string create(std::string_view algorithm) override;
  std::string public_key(std::string_view id) override;
  std::string sign(std::string_view id, std::string_view digest_algorithm,
                   std::string_view digest) override;
  void destroy(std::string_view id) override;
};

}  // namespace faulty
