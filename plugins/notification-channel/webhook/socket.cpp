#include "socket.hpp"

#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace cinnabar {
namespace {

constexpr std::size_t kReadSize = 4'096;

[[noreturn]] void fail_errno(const char* what) {
  throw PostFailure(std::string(what) + ": " + std::strerror(errno));
}

std::string tls_reason() {
  const unsigned long code = ERR_peek_last_error();
  const char* reason = code ? ERR_reason_error_string(code) : nullptr;
  ERR_clear_error();
  return reason ? reason : "the connection was closed";
}

bool is_ip_address(const std::string& host) {
  return host.find(':') != std::string::npos ||
         host.find_first_not_of("0123456789.") == std::string::npos;
}

}  // namespace

Socket::Socket(int timeout_ms)
    : deadline_(std::chrono::steady_clock::now() + std::chrono::milliseconds(timeout_ms)) {}

Socket::~Socket() {
  if (fd_ >= 0) ::close(fd_);
}

void Socket::wait(short events) const {
  for (;;) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        deadline_ - std::chrono::steady_clock::now()).count();
    if (left <= 0) throw PostFailure("no answer in time");
    pollfd entry{fd_, events, 0};
    const int ready = ::poll(&entry, 1, static_cast<int>(left));
    if (ready > 0) return;
    if (ready < 0 && errno != EINTR) fail_errno("poll");
  }
}

void Socket::connect(const sockaddr* address, socklen_t size) {
  if (fd_ >= 0) ::close(fd_);
  fd_ = ::socket(address->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd_ < 0) fail_errno("socket");
  if (::connect(fd_, address, size) == 0) return;
  if (errno != EINPROGRESS) fail_errno("connect");
  wait(POLLOUT);
  int error = 0;
  socklen_t error_size = sizeof error;
  ::getsockopt(fd_, SOL_SOCKET, SO_ERROR, &error, &error_size);
  if (error != 0) {
    errno = error;
    fail_errno("connect");
  }
}

void Socket::send_all(std::string_view bytes) const {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent > 0)
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    else if (errno == EAGAIN || errno == EWOULDBLOCK)
      wait(POLLOUT);
    else if (errno != EINTR)
      fail_errno("send");
  }
}

std::string Socket::receive() const {
  std::string buffer(kReadSize, '\0');
  for (;;) {
    const ssize_t got = ::recv(fd_, buffer.data(), buffer.size(), 0);
    if (got >= 0) {
      buffer.resize(static_cast<std::size_t>(got));
      return buffer;
    }
    if (errno == EAGAIN || errno == EWOULDBLOCK)
      wait(POLLIN);
    else if (errno != EINTR)
      fail_errno("receive");
  }
}

void Socket::flush_tls() const {
  std::string out(BIO_ctrl_pending(SSL_get_wbio(tls_.get())), '\0');
  if (out.empty()) return;
  BIO_read(SSL_get_wbio(tls_.get()), out.data(), static_cast<int>(out.size()));
  send_all(out);
}

template <class Operation>
bool Socket::pump_tls(Operation operation) {
  for (;;) {
    ERR_clear_error();
    const int result = operation();
    const int error = SSL_get_error(tls_.get(), result);
    flush_tls();
    if (result > 0) return true;
    if (error == SSL_ERROR_ZERO_RETURN) return false;
    if (error != SSL_ERROR_WANT_READ) {
      const long trust = SSL_get_verify_result(tls_.get());
      throw PostFailure("TLS: " + (trust == X509_V_OK
                                       ? tls_reason()
                                       : std::string(X509_verify_cert_error_string(trust))));
    }
    const std::string in = receive();
    if (in.empty()) return false;
    BIO_write(SSL_get_rbio(tls_.get()), in.data(), static_cast<int>(in.size()));
  }
}

void Socket::encrypt(const std::string& host, const std::string& ca_file) {
  context_.reset(SSL_CTX_new(TLS_client_method()));
  if (!context_) throw PostFailure("TLS: " + tls_reason());
  SSL_CTX_set_min_proto_version(context_.get(), TLS1_2_VERSION);
  SSL_CTX_set_verify(context_.get(), SSL_VERIFY_PEER, nullptr);
  // The folder, not the bundle: only the authority that is asked for is read.
  SSL_CTX_set_default_verify_dir(context_.get());
  if (!ca_file.empty()) SSL_CTX_load_verify_file(context_.get(), ca_file.c_str());
  tls_.reset(SSL_new(context_.get()));
  if (!tls_) throw PostFailure("TLS: " + tls_reason());
  SSL_set_bio(tls_.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
  // RFC 6125: the name, or the address when the URL has one.
  if (is_ip_address(host)) {
    X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(tls_.get()), host.c_str());
  } else {
    SSL_set_hostflags(tls_.get(), X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    SSL_set1_host(tls_.get(), host.c_str());
    SSL_set_tlsext_host_name(tls_.get(), host.c_str());
  }
  SSL_set_connect_state(tls_.get());
  if (!pump_tls([&] { return SSL_do_handshake(tls_.get()); }))
    throw PostFailure("TLS: the connection was closed");
}

void Socket::write(std::string_view bytes) {
  if (!tls_) return send_all(bytes);
  // The memory BIO takes everything at once.
  if (!pump_tls([&] {
        return SSL_write(tls_.get(), bytes.data(), static_cast<int>(bytes.size()));
      }))
    throw PostFailure("TLS: the connection was closed");
}

std::string Socket::read() {
  if (!tls_) return receive();
  std::string buffer(kReadSize, '\0');
  int got = 0;
  if (!pump_tls([&] {
        return got = SSL_read(tls_.get(), buffer.data(), static_cast<int>(buffer.size()));
      }))
    return {};
  buffer.resize(static_cast<std::size_t>(got));
  return buffer;
}

}  // namespace cinnabar
