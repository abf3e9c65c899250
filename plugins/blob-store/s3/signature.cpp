#include "signature.hpp"

#include "digest.hpp"

#include <cinnabar/bytes.hpp>
#include <cinnabar/time.hpp>

#include <algorithm>

namespace cinnabar::s3 {

namespace {

constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";
constexpr std::string_view kService = "s3";
constexpr std::string_view kEnd = "aws4_request";

bool unreserved(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

Pairs sorted(Pairs pairs) {
  std::sort(pairs.begin(), pairs.end());
  return pairs;
}

std::string signed_headers(const Signable& request) {
  std::string names;
  for (const auto& [name, value] : sorted(request.headers))
    names += (names.empty() ? "" : ";") + name;
  return names;
}

std::string date_of(const Signable& request) { return request.time.substr(0, 8); }

std::string scope_of(const Signable& request, std::string_view region) {
  return date_of(request) + "/" + std::string(region) + "/" + std::string(kService) + "/" +
         std::string(kEnd);
}

}  // namespace

std::string basic_time(std::int64_t unix_ms) {
  std::string out;
  for (const char c : to_rfc3339(Time{unix_ms}).substr(0, 19))
    if (c != '-' && c != ':') out += c;
  return out + "Z";
}

std::string uri_encoded(std::string_view text, Slash slash) {
  constexpr char kDigits[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    if (unreserved(c) || (c == '/' && slash == Slash::kept)) {
      out += c;
    } else {
      out += '%';
      out += kDigits[static_cast<unsigned char>(c) >> 4];
      out += kDigits[static_cast<unsigned char>(c) & 15];
    }
  }
  return out;
}

std::string canonical_query(const Pairs& query) {
  Pairs encoded;
  for (const auto& [name, value] : query)
    encoded.emplace_back(uri_encoded(name, Slash::encoded), uri_encoded(value, Slash::encoded));
  std::string out;
  for (const auto& [name, value] : sorted(std::move(encoded)))
    out += (out.empty() ? "" : "&") + name + "=" + value;
  return out;
}

std::string canonical_request(const Signable& request) {
  std::string out = request.method + "\n" + uri_encoded(request.path, Slash::kept) + "\n" +
                    canonical_query(request.query) + "\n";
  for (const auto& [name, value] : sorted(request.headers)) out += name + ":" + value + "\n";
  return out + "\n" + signed_headers(request) + "\n" + request.payload_sha256;
}

std::string string_to_sign(const Signable& request, std::string_view region) {
  return std::string(kAlgorithm) + "\n" + request.time + "\n" + scope_of(request, region) + "\n" +
         sha256_hex(canonical_request(request));
}

std::string signature(const Signable& request, const Credentials& credentials) {
  std::string key = hmac_sha256("AWS4" + credentials.secret_key, date_of(request));
  for (const std::string_view part : {std::string_view(credentials.region), kService, kEnd})
    key = hmac_sha256(key, part);
  return to_hex(hmac_sha256(key, string_to_sign(request, credentials.region)));
}

std::string authorization(const Signable& request, const Credentials& credentials) {
  return std::string(kAlgorithm) + " Credential=" + credentials.access_key + "/" +
         scope_of(request, credentials.region) + ",SignedHeaders=" + signed_headers(request) +
         ",Signature=" + signature(request, credentials);
}

}  // namespace cinnabar::s3
