// An outside timestamp authority, asked by RFC 3161 over HTTP(S).
#include "token_check.hpp"

#include <cinnabar/durable_file.hpp>
#include <cinnabar/http_client.hpp>
#include <cinnabar/plugin.hpp>
#include <cinnabar/revocation.hpp>

#include <algorithm>

namespace cinnabar::rfc3161 {
namespace {

// A token with its chain has some kilobytes, an OCSP answer two; lists of large authorities more.
constexpr std::size_t kAnswerSizeMax = 64 * 1024;
constexpr std::size_t kListSizeMax = 16 * 1024 * 1024;
constexpr std::size_t kNonceSize = 16;

struct Config {
  std::string url;
  std::string user;
  std::string password;
  std::string ca_file;
  std::string tls_ca_file;
  std::string policy;
  int timeout_ms = 10'000;
  std::string ocsp_url;
  std::vector<std::string> crl_urls;
};
CINNABAR_DESCRIBE(Config, url, user, (password, secret), ca_file, tls_ca_file, policy,
                  (timeout_ms, range(100, 120'000)), ocsp_url, crl_urls)

class OutsideTsaPlugin final : public TimestampAuthority {
 public:
  explicit OutsideTsaPlugin(Host& host) : host_(host), config_(host.config<Config>()) {}

  void start() {
    if (config_.url.empty()) return;
    trusted_ = x509::from_pem(read_small_file(config_.ca_file).value_or(""));
    const bool anchored = std::any_of(trusted_.begin(), trusted_.end(), [](const auto& one) {
      return x509::is_self_issued(one.get());
    });
    if (!anchored)
      throw Error("timestamp.settings",
                  {{"setting", "ca_file"}, {"reason", config_.ca_file + " has no root"}});
  }

  Stamp stamp(const StampRequest& request, const Call& call) override {
    require_settings();
    const auto digest = from_hex(request.digest);
    Ask ask{request.algorithm, digest.value_or(""), config_.policy, host_.random(kNonceSize)};
    ask.nonce[0] = static_cast<char>(ask.nonce[0] | 0x40);  // never shortened
    OutsideRequest query = outside(config_.url, call);
    query.body = build_request(ask);
    query.content_type = "application/timestamp-query";
    query.accept = "application/timestamp-reply";
    query.user = config_.user;
    query.password = config_.password;
    query.size_max = kAnswerSizeMax;
    try {
      const Answered answered = check_response(fetch(query), ask, trusted_);
      return {Bytes(answered.token), answered.time_ms};
    } catch (const Error& error) {
      // Who signs learns only that it cannot be done now; the reason is for the operator.
      host_.log(Level::warning, error.what());
      throw;
    }
  }

  ValidationData proof(const StampProofRequest& request, const Call& call) override {
    require_settings();
    const x509::Certificates path = signer_path(request.token.view(), trusted_);
    revocation::Sources sources;
    sources.ocsp_url = config_.ocsp_url;
    sources.crl_urls = config_.crl_urls;
    sources.fetch = [&](const std::string& url, const std::string& body) {
      OutsideRequest query = outside(url, call);
      query.body = body;
      if (!body.empty()) query.content_type = "application/ocsp-request";
      query.size_max = kListSizeMax;
      return fetch(query);
    };
    try {
      return revocation::prove(path, x509::trust(trusted_).get(), sources);
    } catch (const revocation::NotProven& problem) {
      if (problem.revoked)
        throw Error("timestamp.revoked",
                    {{"serial", problem.serial}, {"at", "?"}, {"reason", problem.reason}});
      throw Error("timestamp.status_unknown", {{"reason", problem.reason}}, {},
                  CINNABAR_UNAVAILABLE);
    }
  }

  TimestampAnswer answer(const TimestampQuery&, const Call&) override {
    throw Error("timestamp.not_published");
  }

 private:
  void require_settings() const {
    if (config_.url.empty())
      throw Error("timestamp.settings", {{"setting", "url"}, {"reason", "it is not set"}}, {},
                  CINNABAR_UNAVAILABLE);
  }
  OutsideRequest outside(const std::string& url, const Call& call) const {
    OutsideRequest request;
    request.url = url;
    request.ca_file = config_.tls_ca_file;
    request.timeout_ms = outside_timeout_ms(host_, call, config_.timeout_ms);
    return request;
  }
  static std::string fetch(const OutsideRequest& request) {
    return fetch_outside(request, "timestamp.unreachable");
  }

  Host& host_;
  Config config_;
  x509::Certificates trusted_;  // read only once started
};

}  // namespace
}  // namespace cinnabar::rfc3161

CINNABAR_PLUGIN(cinnabar::rfc3161::OutsideTsaPlugin)
