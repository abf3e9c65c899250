// What operators decide, and what the legal representative does with a verified enterprise: another
// super administrator, the end of its account. Made with the plugin; any thread.
#pragma once

#include "applying.hpp"

namespace cinnabar {

class Deciding {
 public:
  explicit Deciding(Host& host) : host_(host) {}

  Answer<ReviewList> list(const Request& request);
  Answer<ReviewView> approve(const Request& request);
  Answer<ReviewView> reject(const Rejection& in, const Request& request);
  FileAnswer file(const Request& request);

  Answer<Nothing> change_administrator(const NewAdministrator& in, const Request& request);
  Answer<CancellationView> cancel(const Request& request);
  Answer<Nothing> revoke(const Request& request);
  WriteSet end(const JobCall& job, const Call& call);

 private:
  Answer<ReviewView> decide(const Request& request, bool approved, const std::string& reason);
  void use_face(const Request& request, const char* purpose, WriteSet& writes) const;

  Host& host_;
};

inline constexpr const char* kEndJob = "end";

}  // namespace cinnabar
