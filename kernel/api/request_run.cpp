#include "kernel/api/request_run.hpp"

#include "kernel/api/answer.hpp"
#include "kernel/api/browser.hpp"
#include "kernel/base/ids.hpp"
#include "kernel/log/log.hpp"
#include "kernel/plugin/pinned_route.hpp"

#include <cinnabar/text.hpp>

#include <algorithm>
#include <thread>
#include <unistd.h>

namespace cinnabar::kernel {
namespace {

constexpr int kBackOffMs = 2;  // doubled at each attempt, times chance
constexpr std::size_t kUserAgentSizeMax = 256;  // browsers need less

// Two that met once would otherwise meet again.
void back_off(int attempt) {
  const auto chance = static_cast<unsigned char>(random_bytes(1)[0]);
  const double ms = kBackOffMs * (1 << attempt) * (chance / 255.0);
  std::this_thread::sleep_for(std::chrono::microseconds(static_cast<int>(ms * 1000)));
}

Error error_of(const ErrorDocument& document) {
  return Error(document.code, ErrorParams(document.params.begin(), document.params.end()),
               document.pointer);
}

bool declared_small(const HttpRequest& request) {
  const std::string_view length = request.header("content-length");
  return !length.empty() && length.size() < 10 &&
         std::stoll(std::string(length)) <= kUncheckedSizeMax;
}

}  // namespace

bool asked_at_head(const RouteInfo& route, const HttpRequest& request) {
  return !route.consumes.empty() || (!route.open && !declared_small(request));
}

RequestRun::RequestRun(ApiCore& core, const HttpRequest& request)
    : core_(core),
      request_(request),
      locale_(core.locale_of(request)),
      context_(core.parts.registry, core.parts.clocks,
               core.parts.clocks.real_ms() + core.settings.deadline_ms) {}

RequestRun::~RequestRun() {
  try {
    for (std::string& id : context_.take_blobs()) brought_.push_back(std::move(id));
    if (!brought_.empty()) core_.parts.content.settle(brought_);
    // An upload that was refused before anybody saw it.
    if (upload_.empty() && !request_.staged_path.empty()) ::unlink(request_.staged_path.c_str());
  } catch (const std::exception& error) {
    // They stay behind as blobs that no row names; the sweep takes them.
    log_warning("blobs not settled", {{"request_id", request_.id}, {"detail", error.what()}});
  }
}

std::optional<HttpResponse> RequestRun::admit(bool head_only) {
  std::optional<HttpResponse> refusal;
  match_ = core_.find_route(*context_.generation()->routes, request_, refusal);
  if (refusal) return refusal;
  authenticate(head_only);
  check_enabled(subject_.owner());
  check_key_may(caller_, match_.route->info, match_.params);
  authority_ =
      core_.parts.access.authorise(subject_, match_.route->info, match_.params, context_);
  // An object of another tenant lives by that one's switches, too.
  const std::string& owner = authority_.object.owner;
  if (!owner.empty() && owner != subject_.owner()) check_enabled(owner);
  check_query();
  return std::nullopt;
}

void RequestRun::authenticate(bool head_only) {
  if (match_.route->info.open) return limit(core_.open_limit, request_.address);
  try {
    caller_ = identify(core_, request_, context_, head_only);
  } catch (const Error&) {
    limit(core_.open_limit, request_.address);  // guessing tokens is limited, too
    throw;
  }
  limit(core_.session_limit, caller_.name());
}

void RequestRun::limit(RateLimit& limit, const std::string& key) {
  // A request whose sender was asked for at its head was counted then.
  const bool whole = !request_.body.empty() || !request_.staged_path.empty();
  if (!limit.enabled() || (whole && asked_at_head(match_.route->info, request_))) return;
  limit_ = limit.take(key, core_.parts.clocks.real_ms());
  if (!limit_->allowed)
    throw Error("request.limited", {{"seconds", std::to_string(limit_->seconds)}});
}

void RequestRun::add_limit_headers(HttpResponse& response) const {
  if (!limit_) return;
  response.headers.emplace_back("RateLimit-Limit", std::to_string(limit_->limit));
  response.headers.emplace_back("RateLimit-Remaining", std::to_string(limit_->remaining));
  response.headers.emplace_back("RateLimit-Reset", std::to_string(limit_->seconds));
  if (!limit_->allowed)
    response.headers.emplace_back("Retry-After", std::to_string(limit_->seconds));
}

void RequestRun::check_enabled(std::string_view owner) {
  if (!context_.snapshot(owner)->plugin_enabled(match_.route->plugin))
    throw Error("plugin.disabled", {{"plugin", match_.route->plugin}});
}

void RequestRun::check_query() const {
  const auto& declared = match_.route->info.query;
  for (const auto& [name, value] : request_.query) {
    std::string known;
    bool found = false;
    for (const ParameterInfo& parameter : declared) {
      found = found || parameter.name == name;
      known += (known.empty() ? "" : ", ") + parameter.name;
    }
    if (!found)
      throw Error("request.query_unknown",
                  {{"name", name}, {"known", known.empty() ? "-" : known}});
  }
  for (const ParameterInfo& parameter : declared)
    if (parameter.required && !request_.query.count(parameter.name))
      throw Error("request.query_missing", {{"name", parameter.name}});
}

void RequestRun::check_body() const {
  const RouteInfo& info = match_.route->info;
  if (!info.consumes.empty() && request_.staged_size == 0 && request_.body.empty())
    throw Error("request.upload_empty");
  const bool takes_body = !info.consumes.empty() || !info.request_type.empty();
  if (!takes_body && !request_.body.empty() && request_.body != "{}")
    throw Error("request.body_unexpected");
}

void RequestRun::take_upload() {
  if (request_.staged_path.empty()) return;
  upload_ = core_.parts.content.offer(request_.staged_path, request_.staged_sha256);
  brought_.push_back(upload_);
}

std::optional<IdempotencyKey> RequestRun::idempotency_key() const {
  const RouteInfo& info = match_.route->info;
  if (info.idempotency == "none") return std::nullopt;
  const auto header = request_.headers.find("idempotency-key");
  if (header == request_.headers.end()) {
    if (info.idempotency == "required") throw Error("idempotency.key_required");
    return std::nullopt;
  }
  check_idempotency_key(header->second);
  const std::string& who = info.open ? request_.address : subject_.person;
  return IdempotencyKey{who + "|" + subject_.owner() + "|" + info.name, header->second,
                        request_fingerprint(request_, core_.settings.fingerprint_secret)};
}

std::chrono::milliseconds RequestRun::time_left() const {
  return std::chrono::milliseconds(
      std::max<std::int64_t>(1, context_.deadline_ms() - core_.parts.clocks.real_ms()));
}

HttpResponse RequestRun::carry_out() {
  check_body();
  const auto key = idempotency_key();
  if (!key) {
    take_upload();
    return repeat(key);
  }
  const InFlight::Turn turn = core_.in_flight.enter(*key, time_left());
  take_upload();
  return repeat(key);
}

HttpResponse RequestRun::repeat(const std::optional<IdempotencyKey>& key) {
  for (int number = 1;; ++number) {
    if (key) {
      if (const auto stored = stored_answer(core_.parts.db, *key)) {
        HttpResponse response = respond(*stored);
        response.headers.emplace_back("Idempotency-Replayed", "true");
        return response;
      }
    }
    try {
      return respond(attempt(key));
    } catch (const Error& error) {
      if (error.status() != CINNABAR_CONFLICT) throw;
      core_.parts.metrics.counter("cinnabar_conflicts_total", "Commands that met another's change.")
          .add();
      if (number >= core_.settings.attempts_max) throw;
    }
    back_off(number);
  }
}

HttpAnswer RequestRun::attempt(const std::optional<IdempotencyKey>& key) {
  HttpAnswer answer = invoke();
  const bool writes = !answer.writes.empty() || !caller_.writes.empty();
  if (key || match_.route->info.audited || writes) commit(answer, key);
  return answer;
}

HttpAnswer RequestRun::invoke() {
  HttpCall http;
  http.route = match_.route->info.name;
  http.params = match_.params;
  http.query = request_.query;
  http.body = Bytes::borrowed(request_.body);
  if (!upload_.empty()) {
    http.upload = upload_;
    http.upload_size = request_.staged_size;
  }
  if (!match_.route->info.consumes.empty()) {
    http.upload_type = media_type_of(request_.header("content-type"));
    http.upload_name = filename_of(request_.header("content-disposition"));
  }
  http.subject = subject_;
  http.object = authority_.object;
  http.reach = authority_.reach;
  if (match_.route->info.open) http.authorization = request_.header("authorization");
  http.if_match = if_match_of(request_.header("if-match"));
  http.address = request_.address;
  http.user_agent = shortened_text(request_.header("user-agent"), kUserAgentSizeMax);
  const std::string owner = subject_.owner();
  const Client<Domain> domain(std::make_shared<PinnedRoute>(
      core_.parts.registry, context_.snapshot(owner), context_.call(owner, request_.id, locale_),
      std::string(kDomainInterface), match_.route->provider));
  return domain.handle(http);
}

void RequestRun::commit(const HttpAnswer& answer, const std::optional<IdempotencyKey>& key) {
  const RouteInfo& info = match_.route->info;
  if (!answer.writes.blobs.empty()) core_.parts.content.publish(answer.writes.blobs);
  Commit commit;
  commit.writes = answer.writes;
  commit.writes.merge(caller_.writes);
  commit.plugin = match_.route->plugin;
  commit.table_prefix = match_.route->table_prefix;
  commit.trace = request_.id;
  if (key) commit.idempotency = idempotency_record(*key, answer);
  if (info.audited)
    commit.audit = AuditRecord{info.name,        subject_.person,  subject_.owner(),
                               audited_object(), request_.address, status_of(answer),
                               subject_.key};
  core_.parts.commit(std::move(commit));
  core_.parts.metrics.counter("cinnabar_commits_total", "Write-sets committed for requests.").add();
}

// All that the path names: the enterprise and the plugin that was switched for it.
std::string RequestRun::audited_object() const {
  std::string all;
  for (const auto& [name, value] : match_.params) all += (all.empty() ? "" : " ") + value;
  return all;
}

int RequestRun::status_of(const HttpAnswer& answer) const {
  return answer.problem ? core_.problems.status(error_of(*answer.problem)) : answer.status;
}

HttpResponse RequestRun::respond(const HttpAnswer& answer) const {
  if (answer.problem)
    return core_.problems.render(error_of(*answer.problem), {locale_, request_.id});
  HttpResponse response = to_response(
      answer, {request_, match_.route->info.site, core_.settings.base_path, core_.parts.content});
  add_session_headers(core_, request_, answer,
                      caller_.by_cookie ? subject_.session : std::string(), response);
  return response;
}

}  // namespace cinnabar::kernel
