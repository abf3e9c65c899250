// HttpConnection: the life of one connection over a stream (a plain socket or TLS), as a machine of
// phases. Inside the HTTP area only; included by the two sources that give it a stream.
//
// One read, one write or one handler is under way at any time, never two: requests that follow each
// other on the wire wait in the reader's buffer.
#pragma once

#include "kernel/http/connection.hpp"
#include "kernel/http/request_reader.hpp"
#include "kernel/http/response_text.hpp"
#include "kernel/http/staged_upload.hpp"
#include "kernel/log/log.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>

namespace cinnabar::kernel {

// A large body is written in such pieces, each with a fresh deadline.
inline constexpr std::size_t kWritePiece = 256 * 1024;
// After a refusal with an unread body the rest is read and dropped, so that the client gets to see
// the answer instead of a reset; for so long altogether, and with so long a silence.
inline constexpr int kLingerS = 30;
inline constexpr int kLingerSilenceS = 5;

HttpResponse default_refusal(const Error& error);
bool well_formed_request_id(std::string_view id);

template <class Stream>
class HttpConnection : public Connection {
 public:
  template <class... Args>
  explicit HttpConnection(IoThread& io, Args&&... args)
      : io_(io),
        shared_(io.shared),
        stream_(std::forward<Args>(args)...),
        reader_(shared_.settings.header_size_max) {
    boost::system::error_code ec;
    const auto peer = stream_.lowest_layer().remote_endpoint(ec);
    if (!ec) address_ = peer.address().to_string();
  }

  ~HttpConnection() override {
    const std::lock_guard lock(shared_.mutex);
    --shared_.connections;
    shared_.ended.notify_all();
  }

  void close() override {
    if (phase_ == Phase::closed) return;
    phase_ = Phase::closed;
    boost::system::error_code ignored;
    stream_.lowest_layer().close(ignored);
    io_.wheel.remove(*this);
    upload_.reset();
  }

  void close_if_idle() override {
    if (phase_ == Phase::idle) close();
  }

 protected:
  enum class Phase { handshake, idle, head, deciding, body, handling, writing, lingering, closed };

  std::shared_ptr<HttpConnection> self() {
    return std::static_pointer_cast<HttpConnection>(shared_from_this());
  }
  Stream& stream() { return stream_; }
  IoThread& io() { return io_; }
  void enter(Phase phase, int timeout_s) {
    phase_ = phase;
    io_.wheel.set(*this, timeout_s == 0 ? kNever : io_.wheel.after_s(timeout_s));
  }
  virtual bool is_tls() const = 0;
  // Writes what the socket takes at once, beside a pending read; where that is possible.
  virtual void send_now(std::string_view) {}
  // Says goodbye as the stream wants it, then close().
  virtual void end_stream() { close(); }

  // Waits for the next request; its beginning may be here already.
  void next_request() {
    request_ = HttpRequest{};
    response_ = HttpResponse{};
    rule_ = BodyRule{};
    upload_.reset();
    if (shared_.stopping && !reader_.has_bytes()) return end_stream();
    enter(Phase::idle, shared_.settings.idle_timeout_s);
    if (reader_.has_bytes())
      advance();
    else
      read();
  }

 private:
  void on_deadline() override {
    // Reached by the wheel only; the reference keeps the connection until this is over.
    const auto keep = shared_from_this();
    if (phase_ == Phase::head || phase_ == Phase::body) refuse_in_haste();
    close();
  }

  // 408 on a socket that a read is pending on: written at once or not at all.
  void refuse_in_haste() {
    HttpResponse response = refusal(http_fault(408, "http.request_too_slow"));
    const std::string text =
        response_head(response, {false, false, is_tls(), io_.date()}) + response.body;
    send_now(text);
  }

  void read() {
    const auto [data, size] = reader_.prepare();
    stream_.async_read_some(net::mutable_buffer(data, size),
                            [self = self()](const boost::system::error_code& ec, std::size_t got) {
                              self->on_read(ec, got);
                            });
  }

  void on_read(const boost::system::error_code& ec, std::size_t got) {
    if (phase_ == Phase::closed) return;
    if (ec) return close();
    if (phase_ == Phase::lingering) return linger_on();
    reader_.commit(got);
    advance();
  }

  void advance() {
    try {
      if (phase_ == Phase::body) return read_body();
      if (reader_.read_head(request_) == RequestReader::Progress::done) return on_head();
      if (phase_ == Phase::idle) enter(Phase::head, shared_.settings.head_timeout_s);
      read();
    } catch (const Error& error) {
      refuse_rest(error);
    }
  }

  void on_head() {
    request_.address = address_;
    const std::string_view wanted = request_.header("x-request-id");
    request_.id = well_formed_request_id(wanted) ? std::string(wanted) : io_.new_request_id();
    if (!reader_.has_body()) return dispatch();
    rule_ = shared_.handlers.body_rule(request_);
    if (!rule_.later) return apply_rule();
    enter(Phase::deciding, 0);
    const bool taken = shared_.pool->try_run([self = self()] {
      BodyRule rule = self->decide();
      net::post(self->io_.context, [self, rule = std::move(rule)]() mutable {
        self->rule_ = std::move(rule);
        self->continue_after_rule();
      });
    });
    if (!taken) refuse_rest(http_fault(503, "http.too_busy"));
  }

  BodyRule decide() {  // on a worker
    try {
      return rule_.later();
    } catch (const std::exception& error) {
      log_error("body rule failed", {{"request_id", request_.id}, {"detail", error.what()}});
      BodyRule rule;
      rule.refusal = refusal(http_fault(500, "http.failed"));
      return rule;
    }
  }

  void continue_after_rule() {
    if (phase_ == Phase::closed) return;
    try {
      apply_rule();
    } catch (const Error& error) {
      refuse_rest(error);
    }
  }

  void apply_rule() {
    if (rule_.refusal) {
      body_unread_ = true;
      return respond(std::move(*rule_.refusal));
    }
    reader_.limit_body(rule_.size_max);
    if (!rule_.stage_path.empty()) {
      upload_ = std::make_unique<StagedUpload>(rule_.stage_path);
    } else if (reader_.content_length() > 0) {
      request_.body.reserve(static_cast<std::size_t>(reader_.content_length()));
    }
    enter(Phase::body, shared_.settings.request_timeout_s);
    if (!reader_.expects_continue() || reader_.has_bytes()) return read_body();
    static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
    net::async_write(stream_, net::buffer(kContinue),
                     [self = self()](const boost::system::error_code& ec, std::size_t) {
                       if (self->phase_ == Phase::closed) return;
                       if (ec) return self->close();
                       self->read();
                     });
  }

  void read_body() {
    const auto progress = reader_.read_body([this](std::string_view part) {
      if (upload_)
        upload_->write(part);
      else
        request_.body.append(part);
    });
    if (progress == RequestReader::Progress::more) return read();
    if (upload_) {
      request_.staged_sha256 = upload_->finish();
      request_.staged_size = upload_->size();
      request_.staged_path = upload_->path();
    }
    dispatch();
  }

  void dispatch() {
    if (shared_.handlers.answer_inline) {
      auto response = shared_.handlers.answer_inline(request_);
      if (response) return respond(std::move(*response));
    }
    enter(Phase::handling, 0);
    const bool taken = shared_.pool->try_run([self = self()] {
      HttpResponse response = self->handle();
      net::post(self->io_.context, [self, response = std::move(response)]() mutable {
        self->respond_in_time(std::move(response));
      });
    });
    if (!taken) respond(refusal(http_fault(503, "http.too_busy")));
  }

  void respond_in_time(HttpResponse response) {
    if (response.hold_ms == 0) return respond(std::move(response));
    const auto timer = std::make_shared<net::steady_timer>(io_.context);
    timer->expires_after(std::chrono::milliseconds(response.hold_ms));
    timer->async_wait([self = self(), timer, response = std::move(response)](
                          const boost::system::error_code&) mutable {
      self->respond(std::move(response));
    });
  }

  HttpResponse handle() {  // on a worker
    try {
      if (upload_) upload_->hand_over();
      return shared_.handlers.handle(request_);
    } catch (const std::exception& error) {
      log_error("handler failed", {{"request_id", request_.id}, {"detail", error.what()}});
      return refusal(http_fault(500, "http.failed"));
    }
  }

  HttpResponse refusal(const Error& error) {
    if (request_.id.empty()) request_.id = io_.new_request_id();
    return shared_.handlers.refuse ? shared_.handlers.refuse(error, request_)
                                   : default_refusal(error);
  }

  // The rest of what the client sends cannot be understood, or will not be read.
  void refuse_rest(const Error& error) {
    body_unread_ = true;
    const bool ours = error.status() != CINNABAR_REFUSED;
    if (ours) log_error("request failed", {{"request_id", request_.id}, {"detail", error.what()}});
    respond(refusal(ours ? http_fault(500, "http.failed") : error));
  }

  void respond(HttpResponse response) {
    if (phase_ == Phase::closed) return;
    response_ = std::move(response);
    keep_alive_ = !body_unread_ && reader_.keep_alive() && !shared_.stopping;
    head_ = response_head(response_, {keep_alive_, reader_.http_1_0(), is_tls(), io_.date()});
    bodyless_ = request_.method == "HEAD" || response_.status == 204 || response_.status == 304;
    written_ = 0;
    streamed_ = 0;
    write_piece(true);
  }

  void write_piece(bool with_head) {
    const std::string_view rest =
        bodyless_ ? std::string_view() : std::string_view(response_.body).substr(written_);
    const std::string_view piece = rest.substr(0, kWritePiece);
    written_ += piece.size();
    enter(Phase::writing, shared_.settings.idle_timeout_s);
    const std::array<net::const_buffer, 2> buffers{
        with_head ? net::buffer(head_) : net::const_buffer(),
        net::const_buffer(piece.data(), piece.size())};
    net::async_write(stream_, buffers,
                     [self = self()](const boost::system::error_code& ec, std::size_t) {
                       self->on_written(ec);
                     });
  }

  void on_written(const boost::system::error_code& ec) {
    if (phase_ == Phase::closed) return;
    if (ec) return close();
    if (bodyless_) return finish();
    if (written_ < response_.body.size()) return write_piece(false);
    if (!response_.stream) return finish();
    enter(Phase::handling, 0);
    shared_.pool->run([self = self()] {
      auto piece = self->next_piece();
      net::post(self->io_.context,
                [self, piece = std::move(piece)]() mutable { self->on_piece(std::move(piece)); });
    });
  }

  std::optional<std::string> next_piece() {  // on a worker
    try {
      return response_.stream();
    } catch (const std::exception& error) {
      log_error("response broke off", {{"request_id", request_.id}, {"detail", error.what()}});
      return std::nullopt;
    }
  }

  void on_piece(std::optional<std::string> piece) {
    if (phase_ == Phase::closed) return;
    if (piece) streamed_ += static_cast<std::int64_t>(piece->size());
    const bool ended = piece && piece->empty();
    // A length was promised: more or less than it can only be said by breaking the connection.
    if (!piece || streamed_ > response_.stream_size ||
        (ended && streamed_ != response_.stream_size))
      return close();
    if (ended) return finish();
    response_.body = std::move(*piece);
    written_ = 0;
    write_piece(false);
  }

  void finish() {
    if (keep_alive_) {
      reader_.next();
      return next_request();
    }
    if (!body_unread_ || is_tls()) return end_stream();
    boost::system::error_code ignored;
    stream_.lowest_layer().shutdown(net::socket_base::shutdown_send, ignored);
    linger_until_ = io_.wheel.after_s(kLingerS);
    linger_on();
  }

  void linger_on() {
    if (io_.wheel.now() >= linger_until_) return close();
    enter(Phase::lingering, kLingerSilenceS);
    reader_.drop();
    read();
  }

  IoThread& io_;
  ServerShared& shared_;
  Stream stream_;
  RequestReader reader_;
  std::string address_;
  Phase phase_ = Phase::idle;

  HttpRequest request_;
  BodyRule rule_;
  std::unique_ptr<StagedUpload> upload_;
  bool body_unread_ = false;

  HttpResponse response_;
  std::string head_;
  bool keep_alive_ = true;
  bool bodyless_ = false;
  std::size_t written_ = 0;    // of response_.body
  std::int64_t streamed_ = 0;  // of response_.stream_size
  std::int64_t linger_until_ = 0;
};

}  // namespace cinnabar::kernel
