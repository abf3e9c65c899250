#include "kernel/http/http_connection.hpp"
#include "kernel/http/tls.hpp"

#include <boost/asio/ssl.hpp>

namespace cinnabar::kernel {
namespace {

using TlsStream = net::ssl::stream<Socket>;

class TlsConnection final : public HttpConnection<TlsStream> {
 public:
  using HttpConnection::HttpConnection;

  void start() override {
    boost::system::error_code ignored;
    stream().lowest_layer().set_option(net::ip::tcp::no_delay(true), ignored);
    enter(Phase::handshake, io().shared.settings.head_timeout_s);
    stream().async_handshake(
        net::ssl::stream_base::server,
        [this, keep = shared_from_this()](const boost::system::error_code& ec) {
          if (ec) return close();
          next_request();
        });
  }

 private:
  bool is_tls() const override { return true; }

  // RFC 8446 section 6.1: a close_notify tells the end of the data from a cut.
  void end_stream() override {
    enter(Phase::lingering, kLingerSilenceS);
    stream().async_shutdown(
        [this, keep = shared_from_this()](const boost::system::error_code&) { close(); });
  }
};

// ALPN (RFC 7301): HTTP/1.1 is what there is.
int select_protocol(SSL*, const unsigned char** out, unsigned char* size, const unsigned char* in,
                    unsigned in_size, void*) {
  static constexpr unsigned char kOffer[] = "\x08http/1.1";
  unsigned char* chosen = nullptr;
  if (SSL_select_next_proto(&chosen, size, kOffer, sizeof kOffer - 1, in, in_size) !=
      OPENSSL_NPN_NEGOTIATED)
    return SSL_TLSEXT_ERR_NOACK;
  *out = chosen;
  return SSL_TLSEXT_ERR_OK;
}

}  // namespace

std::shared_ptr<net::ssl::context> make_tls_context(const HttpSettings& settings) {
  auto context = std::make_shared<net::ssl::context>(net::ssl::context::tls_server);
  SSL_CTX* raw = context->native_handle();
  boost::system::error_code ec;
  context->use_certificate_chain_file(settings.tls_certificate, ec);
  if (ec)
    throw Error("http.tls_invalid", {{"file", settings.tls_certificate}, {"reason", ec.message()}});
  context->use_private_key_file(settings.tls_key, net::ssl::context::pem, ec);
  if (ec || SSL_CTX_check_private_key(raw) != 1)
    throw Error("http.tls_invalid", {{"file", settings.tls_key},
                                     {"reason", ec ? ec.message() : "not of the certificate"}});
  // TLS 1.2 with forward secrecy and authenticated encryption only, and TLS 1.3 as it comes.
  SSL_CTX_set_min_proto_version(raw, TLS1_2_VERSION);
  SSL_CTX_set_cipher_list(raw, "ECDHE+AESGCM:ECDHE+CHACHA20");
  SSL_CTX_set_options(
      raw, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_alpn_select_cb(raw, select_protocol, nullptr);
  return context;
}

std::shared_ptr<Connection> make_tls_connection(IoThread& io, Socket socket,
                                                net::ssl::context& context) {
  return std::make_shared<TlsConnection>(io, std::move(socket), context);
}

}  // namespace cinnabar::kernel
