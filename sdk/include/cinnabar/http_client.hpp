// One request to a server outside over HTTP(S), by libcurl, bounded in time and size: no redirects,
// no proxy of the environment, no other protocols. For plugins that ask outside authorities. Needs
// libcurl. Stateless; any thread.
#pragma once

#include <cinnabar/host.hpp>

#include <curl/curl.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace cinnabar {

struct OutsideRequest {
  std::string url;
  std::string body;  // empty: GET, else POST
  std::string content_type;
  std::string accept;
  std::string user, password;              // basic authentication; empty: none
  std::string ca_file;                     // of the server's TLS certificate; empty: the system's
  std::string certificate_file, key_file;  // of the client, PEM; empty: none
  std::int64_t timeout_ms = 10'000;        // for all of it
  std::size_t size_max = 1'048'576;        // of the answer
  std::vector<std::string> headers;        // "Name: value"
  std::string method;                      // when it is neither GET nor POST
};

struct OutsideAnswer {
  long status = 0;
  std::string content_type;
  std::string body;
};

// No answer came; what() says why, for an operator.
struct Unreachable : std::runtime_error {
  using std::runtime_error::runtime_error;
};

namespace detail {

struct AnswerSink {
  std::string body;
  std::size_t size_max;
  static std::size_t take(char* data, std::size_t size, std::size_t count, void* self) {
    auto* sink = static_cast<AnswerSink*>(self);
    if (sink->body.size() + size * count > sink->size_max) return 0;
    sink->body.append(data, size * count);
    return size * count;
  }
};

inline void set_security(CURL* curl, const OutsideRequest& request) {
  const auto set = [&](CURLoption option, const std::string& value) {
    if (!value.empty()) curl_easy_setopt(curl, option, value.c_str());
  };
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(curl, CURLOPT_PROXY, "");
  curl_easy_setopt(curl, CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
  set(CURLOPT_USERNAME, request.user);
  set(CURLOPT_PASSWORD, request.password);
  set(CURLOPT_CAINFO, request.ca_file);
  set(CURLOPT_SSLCERT, request.certificate_file);
  set(CURLOPT_SSLKEY, request.key_file);
}

}  // namespace detail

// Throws Unreachable.
inline OutsideAnswer ask_outside(const OutsideRequest& request) {
  static const CURLcode kStarted = curl_global_init(CURL_GLOBAL_DEFAULT);
  const std::unique_ptr<CURL, void (*)(CURL*)> curl(curl_easy_init(), curl_easy_cleanup);
  if (kStarted != CURLE_OK || !curl) throw Unreachable("libcurl could not be started");
  curl_slist* list = curl_slist_append(nullptr, "Expect:");
  const auto header = [&](const std::string& line) {
    list = curl_slist_append(list, line.c_str());
  };
  if (!request.content_type.empty()) header("Content-Type: " + request.content_type);
  if (!request.accept.empty()) header("Accept: " + request.accept);
  for (const std::string& line : request.headers) header(line);
  const std::unique_ptr<curl_slist, void (*)(curl_slist*)> headers(list, curl_slist_free_all);

  detail::AnswerSink sink{{}, request.size_max};
  char problem[CURL_ERROR_SIZE] = "";
  curl_easy_setopt(curl.get(), CURLOPT_URL, request.url.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(curl.get(), CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl.get(), CURLOPT_TIMEOUT_MS, static_cast<long>(request.timeout_ms));
  curl_easy_setopt(curl.get(), CURLOPT_ERRORBUFFER, problem);
  detail::set_security(curl.get(), request);
  if (!request.body.empty()) {
    curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDS, request.body.data());
    curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDSIZE_LARGE,
                     static_cast<curl_off_t>(request.body.size()));
  }
  if (!request.method.empty())
    curl_easy_setopt(curl.get(), CURLOPT_CUSTOMREQUEST, request.method.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, &detail::AnswerSink::take);
  curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, &sink);
  const CURLcode code = curl_easy_perform(curl.get());
  if (code == CURLE_WRITE_ERROR)
    throw Unreachable("the answer is larger than " + std::to_string(request.size_max) + " bytes");
  if (code != CURLE_OK) throw Unreachable(*problem ? problem : curl_easy_strerror(code));
  OutsideAnswer answer;
  answer.body = std::move(sink.body);
  curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &answer.status);
  const char* type = nullptr;
  curl_easy_getinfo(curl.get(), CURLINFO_CONTENT_TYPE, &type);
  if (type) answer.content_type = type;
  return answer;
}

// What may be waited for: `timeout_ms`, but never longer than who asks waits.
inline std::int64_t outside_timeout_ms(const Host& host, const Call& call,
                                       std::int64_t timeout_ms) {
  if (call.deadline_ms() == 0) return timeout_ms;
  return std::clamp<std::int64_t>(call.deadline_ms() - host.now_ms(Clock::real), 1, timeout_ms);
}

// The body of an answer with status 200. Throws the Error of the code, with url and reason.
inline std::string fetch_outside(const OutsideRequest& request, const char* error_code) {
  try {
    OutsideAnswer answer = ask_outside(request);
    if (answer.status == 202) throw Unreachable("it took the request and will answer later (202)");
    if (answer.status != 200)
      throw Unreachable("it answers with HTTP status " + std::to_string(answer.status));
    return std::move(answer.body);
  } catch (const Unreachable& problem) {
    throw Error(error_code, {{"url", request.url}, {"reason", problem.what()}}, {},
                CINNABAR_UNAVAILABLE);
  }
}

}  // namespace cinnabar
