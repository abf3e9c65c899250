#include "kernel/http/response_text.hpp"

#include <array>
#include <cstdio>
#include <ctime>

namespace cinnabar::kernel {
namespace {

struct Default {
  std::string_view name;
  std::string_view value;
};
// An answer of the API is data: no page may frame it, no type may be guessed from it, and no
// address of ours travels to another site.
constexpr std::array<Default, 3> kDefaults{{
    {"Content-Security-Policy", "frame-ancestors 'none'"},
    {"X-Content-Type-Options", "nosniff"},
    {"Referrer-Policy", "no-referrer"},
}};
constexpr Default kTransportSecurity{"Strict-Transport-Security", "max-age=31536000"};

bool same_name(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i)
    if ((a[i] | 0x20) != (b[i] | 0x20)) return false;
  return true;
}

bool has(const HttpResponse& response, std::string_view name) {
  for (const auto& header : response.headers)
    if (same_name(header.first, name)) return true;
  return false;
}

void add(std::string& out, std::string_view name, std::string_view value) {
  out += name;
  out += ": ";
  // A line end inside a value would begin a header, or a response, of somebody else's making.
  for (const char c : value) out += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
  out += "\r\n";
}

}  // namespace

std::string response_head(const HttpResponse& response, const HeadOptions& options) {
  std::string out;
  out.reserve(512);
  out += "HTTP/1.1 ";
  out += std::to_string(response.status);
  out += ' ';
  out += reason_phrase(response.status);
  out += "\r\n";
  add(out, "Date", options.date);
  for (const auto& [name, value] : response.headers) add(out, name, value);
  for (const Default& header : kDefaults)
    if (!has(response, header.name)) add(out, header.name, header.value);
  if (options.tls && !has(response, kTransportSecurity.name))
    add(out, kTransportSecurity.name, kTransportSecurity.value);
  const bool bodyless = response.status < 200 || response.status == 204 || response.status == 304;
  if (!bodyless) {
    const auto size =
        response.stream ? response.stream_size : static_cast<std::int64_t>(response.body.size());
    add(out, "Content-Length", std::to_string(size));
  }
  if (!options.keep_alive)
    add(out, "Connection", "close");
  else if (options.http_1_0)
    add(out, "Connection", "keep-alive");
  out += "\r\n";
  return out;
}

std::string http_date(std::int64_t unix_s) {
  constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::time_t time = unix_s;
  std::tm parts{};
  gmtime_r(&time, &parts);
  char out[64];
  std::snprintf(out, sizeof out, "%s, %02d %s %04d %02d:%02d:%02d GMT", kDays[parts.tm_wday],
                parts.tm_mday, kMonths[parts.tm_mon], parts.tm_year + 1900, parts.tm_hour,
                parts.tm_min, parts.tm_sec);
  return out;
}

std::string_view reason_phrase(int status) {
  switch (status) {
    case 200: return "OK";
    case 201: return "Created";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 303: return "See Other";
    case 304: return "Not Modified";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 412: return "Precondition Failed";
    case 413: return "Content Too Large";
    case 415: return "Unsupported Media Type";
    case 417: return "Expectation Failed";
    case 422: return "Unprocessable Content";
    case 423: return "Locked";
    case 428: return "Precondition Required";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    default: return "Status";
  }
}

}  // namespace cinnabar::kernel
