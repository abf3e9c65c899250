#include "kernel/http/request_reader.hpp"

#include <cinnabar/target.hpp>

#include <boost/beast/core/buffers_range.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>

namespace cinnabar::kernel {

namespace beast = boost::beast;
namespace http = boost::beast::http;

namespace {

// A read asks for so much; a body arrives in such pieces.
constexpr std::size_t kReadSize = 64 * 1024;
constexpr std::size_t kFirstReadSize = 4 * 1024;

// A body whose content goes to a sink as it passes.
struct SinkBody {
  struct value_type {
    const RequestReader::Sink* sink = nullptr;
  };
  class reader {
   public:
    template <bool kIsRequest, class Fields>
    reader(http::header<kIsRequest, Fields>&, value_type& value) : value_(value) {}
    void init(const boost::optional<std::uint64_t>&, beast::error_code& ec) { ec = {}; }
    template <class Buffers>
    std::size_t put(const Buffers& buffers, beast::error_code& ec) {
      ec = {};
      std::size_t size = 0;
      for (const auto buffer : beast::buffers_range_ref(buffers)) {
        const std::string_view part(static_cast<const char*>(buffer.data()), buffer.size());
        if (value_.sink) (*value_.sink)(part);
        size += buffer.size();
      }
      return size;
    }
    void finish(beast::error_code& ec) { ec = {}; }

   private:
    value_type& value_;
  };
};

using Parser = http::request_parser<SinkBody>;

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c += 'a' - 'A';
  return out;
}

// Headers of which two would have two readings. The others are joined as RFC 9110 section 5.3
// allows.
bool is_single(std::string_view name) {
  for (const std::string_view single :
       {"host", "content-length", "transfer-encoding", "content-type", "content-disposition",
        "authorization", "expect", "idempotency-key", "cinnabar-acting-for"})
    if (name == single) return true;
  return false;
}

void copy_headers(const Parser& parser, HttpRequest& request) {
  for (const auto& field : parser.get()) {
    const beast::string_view name = field.name_string();
    const beast::string_view value = field.value();
    const auto [entry, added] = request.headers.emplace(lower({name.data(), name.size()}),
                                                        std::string(value.data(), value.size()));
    if (added) continue;
    if (is_single(entry->first)) throw http_fault(400, "http.header_repeated");
    entry->second += entry->first == "cookie" ? "; " : ", ";
    entry->second.append(value.data(), value.size());
  }
}

void check_host(const HttpRequest& request, bool http_1_0) {
  const auto host = request.headers.find("host");
  if (host == request.headers.end()) {
    if (!http_1_0) throw http_fault(400, "http.host_missing");
    return;
  }
  for (const char c : host->second)
    if (c == ' ' || c == '/' || c == '@' || c == ',' || c == '?' || c == '#')
      throw http_fault(400, "http.host_invalid");
}

// Beast refuses a length beside a transfer encoding, but passes lists of lengths, and encodings
// other than chunked, which would make the body's end a matter of opinion.
void check_framing(const Parser& parser, const HttpRequest& request, bool http_1_0) {
  if (request.header("content-length").find_first_not_of("0123456789") != std::string_view::npos)
    throw http_fault(400, "http.framing_ambiguous");
  const auto encoding = request.headers.find("transfer-encoding");
  if (encoding == request.headers.end()) return;
  if (request.headers.count("content-length") != 0 || http_1_0)
    throw http_fault(400, "http.framing_ambiguous");
  if (!parser.chunked() || lower(encoding->second) != "chunked")
    throw http_fault(501, "http.transfer_encoding_unknown");
}

Error too_large(std::int64_t size_max) {
  return Error("http.body_too_large", {{"status", "413"}, {"max", std::to_string(size_max)}});
}

}  // namespace

Error http_fault(int status, std::string code) {
  return Error(std::move(code), {{"status", std::to_string(status)}});
}

struct RequestReader::Impl {
  explicit Impl(int header_size_max)
      : header_limit(static_cast<std::uint32_t>(header_size_max)),
        buffer(static_cast<std::size_t>(header_size_max) + kReadSize) {
    reset();
  }

  void reset() {
    parser.emplace();
    parser->header_limit(header_limit);
    parser->body_limit(UINT64_MAX);
    begun = false;
    expects_continue = false;
  }

  const std::uint32_t header_limit;
  beast::flat_buffer buffer;
  boost::optional<Parser> parser;
  std::int64_t size_max = 0;  // of the body
  bool begun = false;         // something of the request was given to the parser
  bool expects_continue = false;
};

RequestReader::RequestReader(int header_size_max)
    : impl_(std::make_unique<Impl>(header_size_max)) {}
RequestReader::~RequestReader() = default;

std::pair<char*, std::size_t> RequestReader::prepare() {
  const std::size_t wanted = impl_->parser->is_header_done() ? kReadSize : kFirstReadSize;
  const std::size_t room = impl_->buffer.max_size() - impl_->buffer.size();
  const auto space = impl_->buffer.prepare(std::min(wanted, room));
  return {static_cast<char*>(space.data()), space.size()};
}

void RequestReader::commit(std::size_t size) { impl_->buffer.commit(size); }
bool RequestReader::has_bytes() const { return impl_->buffer.size() != 0; }

RequestReader::Progress RequestReader::read_head(HttpRequest& request) {
  auto& buffer = impl_->buffer;
  Parser& parser = *impl_->parser;
  // RFC 9112 section 2.2: an empty line before a request is passed over; some clients send one.
  while (!impl_->begun && buffer.size() >= 2 &&
         std::string_view(static_cast<const char*>(buffer.data().data()), 2) == "\r\n")
    buffer.consume(2);
  while (!parser.is_header_done()) {
    if (buffer.size() == 0) return Progress::more;
    impl_->begun = true;
    beast::error_code ec;
    buffer.consume(parser.put(buffer.data(), ec));
    if (ec == http::error::need_more) return Progress::more;
    if (ec == http::error::header_limit || ec == http::error::buffer_overflow)
      throw http_fault(431, "http.head_too_large");
    if (ec == http::error::bad_version) throw http_fault(400, "http.version_unknown");
    if (ec == http::error::bad_content_length || ec == http::error::bad_transfer_encoding)
      throw http_fault(400, "http.framing_ambiguous");
    if (ec) throw http_fault(400, "http.head_malformed");
  }
  const auto method = parser.get().method_string();
  request.method.assign(method.data(), method.size());
  const auto raw = parser.get().target();
  request.target.assign(raw.data(), raw.size());
  copy_headers(parser, request);
  check_host(request, http_1_0());
  check_framing(parser, request, http_1_0());
  auto target = parse_target(request.target);
  if (!target) throw http_fault(400, "http.target_malformed");
  request.path = std::move(target->path);
  request.encoded_slash = target->encoded_slash;
  request.query = std::move(target->query);
  const auto expect = lower(request.header("expect"));
  if (!expect.empty() && expect != "100-continue")
    throw http_fault(417, "http.expectation_unknown");
  impl_->expects_continue = !expect.empty() && !http_1_0();
  return Progress::done;
}

bool RequestReader::has_body() const { return !impl_->parser->is_done(); }

std::int64_t RequestReader::content_length() const {
  const auto length = impl_->parser->content_length();
  if (!length) return -1;
  return *length > INT64_MAX ? INT64_MAX : static_cast<std::int64_t>(*length);
}

bool RequestReader::expects_continue() const { return impl_->expects_continue; }
bool RequestReader::keep_alive() const { return impl_->parser->keep_alive(); }
bool RequestReader::http_1_0() const { return impl_->parser->get().version() < 11; }

void RequestReader::limit_body(std::int64_t size_max) {
  impl_->size_max = size_max;
  if (content_length() > size_max) throw too_large(size_max);
  impl_->parser->body_limit(static_cast<std::uint64_t>(size_max));
}

RequestReader::Progress RequestReader::read_body(const Sink& sink) {
  auto& buffer = impl_->buffer;
  Parser& parser = *impl_->parser;
  parser.eager(true);
  parser.get().body().sink = &sink;
  while (!parser.is_done()) {
    if (buffer.size() == 0) return Progress::more;
    beast::error_code ec;
    const std::size_t used = parser.put(buffer.data(), ec);
    buffer.consume(used);
    if (ec == http::error::need_more) {
      // A chunk's head or a trailer that fills the whole buffer is no honest one.
      if (used == 0 && buffer.size() >= kReadSize) throw http_fault(400, "http.body_malformed");
      return Progress::more;
    }
    if (ec == http::error::body_limit) throw too_large(impl_->size_max);
    if (ec) throw http_fault(400, "http.body_malformed");
  }
  return Progress::done;
}

void RequestReader::next() {
  impl_->reset();
  // A connection that took an upload once does not keep room for the next one while it is idle.
  if (!has_bytes() && impl_->buffer.capacity() > kFirstReadSize) impl_->buffer.shrink_to_fit();
}
void RequestReader::drop() { impl_->buffer.consume(impl_->buffer.size()); }

}  // namespace cinnabar::kernel
