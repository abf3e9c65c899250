#include "kernel/api/answer.hpp"

#include <cinnabar/target.hpp>
#include <cinnabar/text.hpp>

#include <charconv>

namespace cinnabar::kernel {
namespace {

constexpr std::int64_t kReadSize = 256 * 1024;
constexpr std::size_t kFilenameSizeMax = 200;
// Only what this server itself serves may run, load or be asked.
constexpr const char* kPagePolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' blob: data:; font-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'";
// Nothing that somebody stored here runs as a page of ours.
constexpr const char* kStoredContentPolicy =
    "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'";

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

std::string_view unquoted(std::string_view tag) {
  tag = trim(tag);
  if (tag.starts_with("W/")) tag.remove_prefix(2);
  if (tag.size() >= 2 && tag.front() == '"' && tag.back() == '"')
    tag = tag.substr(1, tag.size() - 2);
  return tag;
}

constexpr std::string_view kInlinePart = "inline:";

// A blob, or content of its own.
struct Part {
  std::string id;
  std::string content;
  std::int64_t size = 0;
};

Part part_of(const std::string& name, const HttpAnswer& answer, ContentStore& content) {
  if (!name.starts_with(kInlinePart)) return {name, {}, content.size(name)};
  std::size_t index = answer.inlined.size();
  std::from_chars(name.data() + kInlinePart.size(), name.data() + name.size(), index);
  if (index >= answer.inlined.size()) throw failure("an answer has no part " + name);
  const Bytes& bytes = answer.inlined[index];
  return {{}, bytes.text(), static_cast<std::int64_t>(bytes.size())};
}

// Reads parts that follow each other, piece by piece.
class PartsReader {
 public:
  PartsReader(ContentStore& content, std::vector<Part> parts)
      : content_(content), parts_(std::move(parts)) {}

  std::string operator()() {
    while (at_ < parts_.size() && offset_ >= parts_[at_].size) {
      ++at_;
      offset_ = 0;
    }
    if (at_ == parts_.size()) return {};
    const Part& part = parts_[at_];
    std::string piece = part.id.empty() ? part.content.substr(static_cast<std::size_t>(offset_))
                                        : content_.read(part.id, offset_, kReadSize);
    if (piece.empty()) throw failure("blob " + part.id + " is shorter than it was");
    offset_ += static_cast<std::int64_t>(piece.size());
    return piece;
  }

 private:
  ContentStore& content_;
  std::vector<Part> parts_;
  std::size_t at_ = 0;
  std::int64_t offset_ = 0;
};

void stream_parts(const HttpAnswer& answer, ContentStore& content, HttpResponse& response) {
  std::vector<Part> parts;
  for (const std::string& name : answer.parts) {
    parts.push_back(part_of(name, answer, content));
    response.stream_size += parts.back().size;
  }
  response.stream = PartsReader(content, std::move(parts));
}

}  // namespace

HttpResponse to_response(const HttpAnswer& answer, const AnswerPlace& place) {
  const auto& [request, site, base_path, content] = place;
  HttpResponse response;
  response.status = answer.status;
  auto& headers = response.headers;
  headers.emplace_back("X-Request-Id", request.id);
  if (!answer.etag.empty()) headers.emplace_back("ETag", "\"" + answer.etag + "\"");
  headers.emplace_back("Cache-Control", answer.etag.empty() ? "no-store" : "private, no-cache");
  if (!answer.location.empty())
    headers.emplace_back("Location", answer.location.starts_with(base_path + "/")
                                         ? answer.location
                                         : base_path + answer.location);
  const bool reading = request.method == "GET" || request.method == "HEAD";
  if (reading && answer.status == 200 && !answer.etag.empty() &&
      none_match_names(request.header("if-none-match"), answer.etag)) {
    response.status = 304;
    return response;
  }
  // Browsers show PDF by a page of their own, which a policy would stop; PDF has no access to ours.
  if (site || answer.content_type != "application/pdf")
    headers.emplace_back("Content-Security-Policy", site ? kPagePolicy : kStoredContentPolicy);
  if (!answer.filename.empty())
    headers.emplace_back("Content-Disposition", disposition_of(answer.filename));
  if (!answer.parts.empty()) {
    headers.emplace_back("Content-Type", answer.content_type);
    stream_parts(answer, content, response);
  } else if (!answer.body.empty()) {
    headers.emplace_back("Content-Type", answer.content_type);
    response.body = answer.body.text();
  }
  return response;
}

std::string if_match_of(std::string_view header) {
  const std::string_view tag = unquoted(header.substr(0, header.find(',')));
  return tag == "*" ? std::string() : std::string(tag);
}

bool none_match_names(std::string_view header, std::string_view etag) {
  while (!header.empty()) {
    const std::string_view item = header.substr(0, header.find(','));
    header.remove_prefix(item.size() + (item.size() < header.size()));
    if (trim(item) == "*" || (!trim(item).empty() && unquoted(item) == etag)) return true;
  }
  return false;
}

std::string disposition_of(std::string_view filename) {
  std::string ascii;
  bool exact = true;
  for (const char c : filename) {
    const bool plain = c >= 0x20 && c < 0x7f && c != '"' && c != '\\' && c != '/' && c != '%';
    exact = exact && plain;
    // One underscore for each character, not for each of its bytes.
    if (plain)
      ascii += c;
    else if ((static_cast<unsigned char>(c) & 0xC0) != 0x80)
      ascii += '_';
  }
  std::string out = "attachment; filename=\"" + ascii + "\"";
  if (!exact) out += "; filename*=UTF-8''" + percent_encode(filename);
  return out;
}

std::string filename_of(std::string_view disposition) {
  std::string plain, extended;
  std::size_t semicolon = disposition.find(';');
  while (semicolon != std::string_view::npos) {
    disposition.remove_prefix(semicolon + 1);
    // A semicolon inside of quotes is part of the name.
    const std::size_t quote = disposition.find('"');
    semicolon = disposition.find(';');
    if (quote != std::string_view::npos && quote < semicolon)
      semicolon =
          disposition.find(';', std::min(disposition.find('"', quote + 1), disposition.size()));
    const std::string_view pair = trim(disposition.substr(0, semicolon));
    const std::size_t equals = pair.find('=');
    if (equals == std::string_view::npos) continue;
    const std::string_view name = trim(pair.substr(0, equals)), value = pair.substr(equals + 1);
    if (name == "filename") plain = std::string(unquoted(value));
    if (name == "filename*" && value.size() > 7 && (value[0] | 0x20) == 'u')
      extended = percent_decode(value.substr(value.rfind('\'') + 1)).value_or("");
  }
  std::string chosen = extended.empty() ? plain : extended;
  // Only the last part of a path, and only whole characters.
  chosen = chosen.substr(
      chosen.find_last_of("/\\") == std::string::npos ? 0 : chosen.find_last_of("/\\") + 1);
  if (chosen.size() > kFilenameSizeMax || !is_utf8(chosen)) return {};
  for (const char c : chosen)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return {};
  return chosen;
}

std::string media_type_of(std::string_view content_type) {
  std::string out(trim(content_type.substr(0, content_type.find(';'))));
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c += 'a' - 'A';
  return out;
}

}  // namespace cinnabar::kernel
