// TlsStandIn: an HTTPS server on the loopback with a certificate of its own making, which answers
// every request with one listing. For tests of who is trusted. One thread beside the test's.
#pragma once

#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>

namespace cinnabar::s3 {

class TlsStandIn {
 public:
  // `name` as OpenSSL writes alternative names: "IP:127.0.0.1".
  explicit TlsStandIn(const std::string& name)
      : key_(EVP_EC_gen("P-256"), &EVP_PKEY_free), certificate_(make_certificate(name)) {
    ::signal(SIGPIPE, SIG_IGN);  // as `cinnabar` does: a client that goes away is no end
    context_.reset(SSL_CTX_new(TLS_server_method()));
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (!context_ || SSL_CTX_use_certificate(context_.get(), certificate_.get()) != 1 ||
        SSL_CTX_use_PrivateKey(context_.get(), key_.get()) != 1 ||
        ::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
        ::listen(listener_, 16) != 0 ||
        ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0)
      throw std::runtime_error("no TLS stand-in");
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  ~TlsStandIn() {
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
  }
  TlsStandIn(const TlsStandIn&) = delete;
  TlsStandIn& operator=(const TlsStandIn&) = delete;

  int port() const { return port_; }
  int requests() const { return requests_; }
  // Its certificate is its own root.
  std::string pem() const {
    const std::unique_ptr<BIO, int (*)(BIO*)> out(BIO_new(BIO_s_mem()), &BIO_free);
    PEM_write_bio_X509(out.get(), certificate_.get());
    char* text = nullptr;
    const long size = BIO_get_mem_data(out.get(), &text);
    return {text, static_cast<std::size_t>(size)};
  }

 private:
  using Certificate = std::unique_ptr<X509, void (*)(X509*)>;

  Certificate make_certificate(const std::string& name) const {
    Certificate made(X509_new(), &X509_free);
    X509* x509 = made.get();
    X509_set_version(x509, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(x509), 1);
    X509_gmtime_adj(X509_getm_notBefore(x509), -3'600);
    X509_gmtime_adj(X509_getm_notAfter(x509), 3'600);
    X509_NAME* subject = X509_get_subject_name(x509);
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>("stand-in"), -1, -1, 0);
    X509_set_issuer_name(x509, subject);
    X509_set_pubkey(x509, key_.get());
    X509_EXTENSION* names =
        X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, name.c_str());
    X509_add_ext(x509, names, -1);
    X509_EXTENSION_free(names);
    if (X509_sign(x509, key_.get(), EVP_sha256()) == 0) throw std::runtime_error("no certificate");
    return made;
  }

  void serve() {
    for (;;) {
      const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (fd < 0) return;
      const std::unique_ptr<SSL, void (*)(SSL*)> ssl(SSL_new(context_.get()), &SSL_free);
      SSL_set_fd(ssl.get(), fd);
      char request[4'096];
      if (SSL_accept(ssl.get()) == 1 && SSL_read(ssl.get(), request, sizeof request) > 0) {
        ++requests_;
        const std::string body = "<R><IsTruncated>false</IsTruncated></R>";
        const std::string answer = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: " +
                                   std::to_string(body.size()) + "\r\n\r\n" + body;
        SSL_write(ssl.get(), answer.data(), static_cast<int>(answer.size()));
        SSL_shutdown(ssl.get());
      }
      ::close(fd);
    }
  }

  const std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key_;
  const Certificate certificate_;
  std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context_{nullptr, &SSL_CTX_free};
  int listener_ = -1, port_ = 0;
  std::atomic<int> requests_{0};
  std::thread thread_;
};

}  // namespace cinnabar::s3
