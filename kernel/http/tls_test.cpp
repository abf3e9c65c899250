#include "kernel/base/ids.hpp"
#include "kernel/http/server.hpp"
#include "kernel/http/test_client.hpp"

#include <cinnabar/bytes.hpp>

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <filesystem>

namespace cinnabar::kernel {
namespace {

template <class T, void (*kFree)(T*)>
struct Freed {
  void operator()(T* p) const { kFree(p); }
};
template <class T, void (*kFree)(T*)>
using Owned = std::unique_ptr<T, Freed<T, kFree>>;

// A key and a certificate signed by itself, as PEM files.
void write_certificate(const std::string& certificate_file, const std::string& key_file) {
  const Owned<EVP_PKEY, EVP_PKEY_free> key(EVP_EC_gen("P-256"));
  const Owned<X509, X509_free> certificate(X509_new());
  X509_set_version(certificate.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
  X509_set_pubkey(certificate.get(), key.get());
  X509_NAME* name = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>("localhost"), -1, -1, 0);
  X509_set_issuer_name(certificate.get(), name);
  X509_sign(certificate.get(), key.get(), EVP_sha256());
  std::FILE* out = std::fopen(certificate_file.c_str(), "w");
  PEM_write_X509(out, certificate.get());
  std::fclose(out);
  out = std::fopen(key_file.c_str(), "w");
  PEM_write_PrivateKey(out, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  std::fclose(out);
}

class TlsClient final : public TestClient {
 public:
  TlsClient(std::uint16_t port, int version_max = TLS1_3_VERSION)
      : TestClient(port), context_(SSL_CTX_new(TLS_client_method())) {
    SSL_CTX_set_security_level(context_.get(), 0);
    SSL_CTX_set_min_proto_version(context_.get(), TLS1_VERSION);
    SSL_CTX_set_max_proto_version(context_.get(), version_max);
    ssl_.reset(SSL_new(context_.get()));
    SSL_set_fd(ssl_.get(), socket_);
    if (SSL_connect(ssl_.get()) != 1) throw std::runtime_error("no TLS");
  }
  std::string version() const { return SSL_get_version(ssl_.get()); }
  bool was_told_the_end() const {
    return (SSL_get_shutdown(ssl_.get()) & SSL_RECEIVED_SHUTDOWN) != 0;
  }

 private:
  long write_some(std::string_view text) override {
    return SSL_write(ssl_.get(), text.data(), static_cast<int>(text.size()));
  }
  long read_some(char* data, std::size_t size) override {
    return SSL_read(ssl_.get(), data, static_cast<int>(size));
  }
  Owned<SSL_CTX, SSL_CTX_free> context_;
  Owned<SSL, SSL_free> ssl_;
};

class TlsTest : public ::testing::Test {
 protected:
  TlsTest() {
    folder_ = std::filesystem::temp_directory_path() / ("cinnabar_tls_" + to_hex(random_bytes(8)));
    std::filesystem::create_directories(folder_);
    settings_.tls_certificate = (folder_ / "certificate.pem").string();
    settings_.tls_key = (folder_ / "key.pem").string();
    write_certificate(settings_.tls_certificate, settings_.tls_key);
    handlers_.handle = [](const HttpRequest& request) {
      HttpResponse response;
      response.body = request.path == "/large" ? std::string(1'000'000, 'l') : request.body;
      return response;
    };
    handlers_.body_rule = [](const HttpRequest&) {
      BodyRule rule;
      rule.size_max = 2'000'000;
      return rule;
    };
  }
  ~TlsTest() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path folder_;
  HttpSettings settings_;
  HttpHandlers handlers_;
};

TEST_F(TlsTest, AnswersOverTls12And13) {
  HttpServer server(settings_, handlers_);
  server.start();
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    TlsClient client(server.port(), version);
    const std::string body(1'000'000, 'b');
    auto response =
        client.ask("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\n" + body);
    EXPECT_EQ(response.body, body) << client.version();
    EXPECT_EQ(response.headers["strict-transport-security"], "max-age=31536000");
    response = client.ask("GET /large HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    EXPECT_EQ(response.body.size(), 1'000'000u);
    EXPECT_TRUE(client.closed());
    EXPECT_TRUE(client.was_told_the_end());
  }
  server.stop(1);
}

TEST_F(TlsTest, RefusesOldVersionsAndPlainText) {
  settings_.head_timeout_s = 1;
  HttpServer server(settings_, handlers_);
  server.start();
  EXPECT_THROW(TlsClient(server.port(), TLS1_1_VERSION), std::runtime_error);
  TestClient plain(server.port());
  plain.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_THROW(plain.read(), std::runtime_error);
  TestClient silent(server.port());
  EXPECT_TRUE(silent.closed());  // the handshake has a deadline
}

TEST_F(TlsTest, SaysWhichFileIsWrong) {
  settings_.tls_key = (folder_ / "nothing.pem").string();
  HttpServer server(settings_, handlers_);
  try {
    server.start();
    FAIL() << "started without a key";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "http.tls_invalid");
    EXPECT_EQ(error.params().front().second, settings_.tls_key);
  }
}

}  // namespace
}  // namespace cinnabar::kernel
