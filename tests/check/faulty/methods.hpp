// An auth method, a seal type and a notification channel that are sound, but for the one fault
// that has_fault names. Thread-safety: any thread, but for the faults.
#pragma once

#include "fault.hpp"

#include <cinnabar/host.hpp>
#include <cinnabar/services/auth_method.hpp>
#include <cinnabar/services/notification_channel.hpp>
#include <cinnabar/services/seal_type.hpp>

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
  Verdict judged(const VerifyAnswerRequest& in);

  Host& host_;
  std::string current_contract_;
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
};

}  // namespace faulty
