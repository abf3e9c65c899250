// HttpClient: a blocking HTTP client for one server, over libcurl. One thread at a time.
#pragma once

#include <cinnabar/json.hpp>

namespace cinnabar {

class HttpClient {
 public:
  explicit HttpClient(std::string base);  // "http://127.0.0.1:8080"
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  // Acts with this session from now on; empty: with none.
  void use(std::string token) { token_ = std::move(token); }

  // Under /api/v1. Throws Error "demo.refused" with the problem's text unless the answer is 2xx.
  // Unsafe calls carry an idempotency key of their own.
  Json get(const std::string& path);
  Json post(const std::string& path, const Json& body);
  Json put(const std::string& path, const Json& body);
  Json upload(const std::string& path, const std::string& type, const std::string& content);
  std::string download(const std::string& path);

 private:
  std::string exchange(const std::string& method, const std::string& path, const std::string& type,
                       const std::string& body);
  std::string base_;
  std::string token_;
  void* curl_;
};

}  // namespace cinnabar
