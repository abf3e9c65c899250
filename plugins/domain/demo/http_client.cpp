#include "http_client.hpp"

#include "accounts.hpp"

#include <curl/curl.h>

namespace cinnabar {
namespace {

// A contract of 300 pages is frozen within seconds; a server that takes longer is broken.
constexpr long kTimeoutS = 120;

size_t append(char* data, size_t size, size_t count, void* to) {
  static_cast<std::string*>(to)->append(data, size * count);
  return size * count;
}

// What a problem document says, or the beginning of whatever came instead.
std::string problem_text(const std::string& body) {
  try {
    const Json problem = from_json<Json>(body);
    std::string text = problem["detail"].text();
    if (text.empty()) text = problem["title"].text();
    if (!problem["pointer"].text().empty()) text += " (" + problem["pointer"].text() + ")";
    return text + " [" + problem["code"].text() + "]";
  } catch (const Error&) {
    return body.substr(0, 200);
  }
}

}  // namespace

HttpClient::HttpClient(std::string base) : base_(std::move(base)), curl_(curl_easy_init()) {
  while (base_.ends_with('/')) base_.pop_back();
  if (!curl_) throw Error("demo.server", {{"reason", "libcurl could not be started"}});
}

HttpClient::~HttpClient() { curl_easy_cleanup(curl_); }

std::string HttpClient::exchange(const std::string& method, const std::string& path,
                                 const std::string& type, const std::string& body) {
  CURL* curl = curl_;
  curl_easy_reset(curl);
  std::string answer;
  curl_slist* headers = curl_slist_append(nullptr, "Accept-Language: en");
  const auto header = [&](const std::string& line) {
    headers = curl_slist_append(headers, line.c_str());
  };
  if (!token_.empty()) header("Authorization: Bearer " + token_);
  if (method != "GET") header("Idempotency-Key: " + random_digits(24));
  header("Content-Type: " + type);
  header("Expect:");
  const std::string url = base_ + "/api/v1" + path;
  curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method.c_str());
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT, kTimeoutS);
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_PROXY, "");
  if (method != "GET") {
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body.data());
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
  }
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &append);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer);
  const CURLcode code = curl_easy_perform(curl);
  curl_slist_free_all(headers);
  if (code != CURLE_OK) throw Error("demo.server", {{"reason", curl_easy_strerror(code)}});
  long status = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  if (status < 200 || status > 299)
    throw Error("demo.refused", {{"method", method},
                                 {"path", path},
                                 {"status", std::to_string(status)},
                                 {"text", problem_text(answer)}});
  return answer;
}

Json HttpClient::get(const std::string& path) {
  return from_json<Json>(exchange("GET", path, "application/json", ""));
}
Json HttpClient::post(const std::string& path, const Json& body) {
  const std::string answer = exchange("POST", path, "application/json", to_json(body));
  return answer.empty() ? Json() : from_json<Json>(answer);
}
Json HttpClient::put(const std::string& path, const Json& body) {
  const std::string answer = exchange("PUT", path, "application/json", to_json(body));
  return answer.empty() ? Json() : from_json<Json>(answer);
}
Json HttpClient::upload(const std::string& path, const std::string& type,
                        const std::string& content) {
  return from_json<Json>(exchange("POST", path, type, content));
}
std::string HttpClient::download(const std::string& path) {
  return exchange("GET", path, "application/json", "");
}

}  // namespace cinnabar
