#include "kernel/api/answer.hpp"

#include <charconv>

namespace cinnabar::kernel {
namespace {

constexpr std::int64_t kReadSize = 256 * 1024;
// Only what this server itself serves may run, load or be asked.
constexpr const char* kPagePolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' blob: data:; font-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'";
// Nothing that somebody stored here runs as a page of ours.
constexpr const char* kStoredContentPolicy =
    "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'";

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

}  // namespace cinnabar::kernel
