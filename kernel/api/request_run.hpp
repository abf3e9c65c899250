// RequestRun: one request to a domain's route, from its route to its response. Made for the
// request and used by the thread that carries it out. Inside the API area only.
#pragma once

#include "kernel/api/credentials.hpp"

namespace cinnabar::kernel {

// Whether the sender of this body is asked for before the body is read, on a worker thread. A small
// one is read at once.
bool asked_at_head(const RouteInfo& route, const HttpRequest& request);
// A body up to this size is taken before anybody looks who sends it.
inline constexpr std::int64_t kUncheckedSizeMax = 64 * 1024;

class RequestRun {
 public:
  RequestRun(ApiCore& core, const HttpRequest& request);
  ~RequestRun();
  RequestRun(const RequestRun&) = delete;
  RequestRun& operator=(const RequestRun&) = delete;

  // Route, credentials, switched on, roles, query. A response instead when there is no such route.
  // `head_only`: the body has not come yet, and this is asked again when it has.
  std::optional<HttpResponse> admit(bool head_only = false);
  // After admit(): the handler and the commit.
  HttpResponse carry_out();

  const Route* route() const { return match_.route; }
  const SubjectInfo& subject() const { return caller_.subject; }
  // Headers that tell the client of its rate limit.
  void add_limit_headers(HttpResponse& response) const;

 private:
  void authenticate(bool head_only);
  void limit(RateLimit& limit, const std::string& key);
  void check_enabled(std::string_view owner);
  void check_query() const;
  void check_body() const;
  void take_upload();
  std::optional<IdempotencyKey> idempotency_key() const;
  HttpResponse repeat(const std::optional<IdempotencyKey>& key);
  HttpAnswer attempt(const std::optional<IdempotencyKey>& key);
  HttpAnswer invoke();
  void commit(const HttpAnswer& answer, const std::optional<IdempotencyKey>& key);
  HttpResponse respond(const HttpAnswer& answer) const;
  std::string audited_object() const;
  int status_of(const HttpAnswer& answer) const;
  std::chrono::milliseconds time_left() const;

  ApiCore& core_;
  const HttpRequest& request_;
  const std::string locale_;
  CallContext context_;
  RouteMatch match_;
  KnownCaller caller_;
  SubjectInfo& subject_ = caller_.subject;
  Authority authority_;
  std::string upload_;                // id of the offered content
  std::vector<std::string> brought_;  // blobs to settle at the end
  std::optional<RateLimit::Decision> limit_;
};

}  // namespace cinnabar::kernel
