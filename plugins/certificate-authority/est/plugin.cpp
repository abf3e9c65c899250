// An outside certificate authority, asked by EST (RFC 7030, simpleenroll) over HTTP(S).
#include "enrolment.hpp"

#include <cinnabar/digest_state.hpp>
#include <cinnabar/durable_file.hpp>
#include <cinnabar/http_client.hpp>
#include <cinnabar/plugin.hpp>
#include <cinnabar/revocation.hpp>

#include <algorithm>

namespace cinnabar::est {
namespace {

constexpr std::size_t kAnswerSizeMax = 256 * 1024;
constexpr std::size_t kListSizeMax = 16 * 1024 * 1024;

struct Config {
  std::string url;
  std::string user;
  std::string password;
  std::string certificate_file;
  std::string key_file;
  std::string tls_ca_file;
  std::string chain_file;
  std::string country;
  std::string key_algorithm = "ec-p256";
  std::string key_store = "file";
  int timeout_ms = 30'000;
  std::string ocsp_url;
  std::vector<std::string> crl_urls;
};
CINNABAR_DESCRIBE(Config, url, user, (password, secret), certificate_file, key_file, tls_ca_file,
                  chain_file, (country, length(0, 2)), key_algorithm, key_store,
                  (timeout_ms, range(100, 120'000)), ocsp_url, crl_urls)

class EstPlugin final : public CertificateAuthority {
 public:
  explicit EstPlugin(Host& host) : host_(host), config_(host.config<Config>()) {}

  void start() {
    if (config_.url.empty()) return;
    while (config_.url.ends_with('/')) config_.url.pop_back();
    chain_ = x509::from_pem(read_small_file(config_.chain_file).value_or(""));
    const bool anchored = std::any_of(chain_.begin(), chain_.end(), [](const auto& one) {
      return x509::is_self_issued(one.get());
    });
    if (!anchored) throw settings("chain_file", config_.chain_file + " has no root");
    issued_ = std::filesystem::path(host_.data_folder()) / "issued";
    if (std::filesystem::create_directories(issued_)) sync_folder(issued_.parent_path());
  }

  Credential issue(const IssueRequest& request, const Call& call) override {
    require_settings();
    const std::string& store = request.key_store.empty() ? config_.key_store : request.key_store;
    const KeyStoreClient keys(host_.table<cinnabar_key_store>("cinnabar.key-store/1", store));
    // A key whose request fails is an orphan: it may have been certified although no answer came,
    // so it is not used for another name.
    return enrol(request, {store, keys.create(config_.key_algorithm)}, keys, call);
  }

  AuthorityInfo info(const AuthorityRequest&, const Call&) override {
    require_settings();
    AuthorityInfo info;
    for (const x509::Certificate& certificate : chain_)
      info.chain.emplace_back(x509::to_der(certificate.get()));
    char name[256] = "";
    X509_NAME_get_text_by_NID(X509_get_subject_name(chain_.front().get()), NID_commonName, name,
                              sizeof name);
    info.name = name;
    info.not_after_ms = x509::time_ms(X509_get0_notAfter(chain_.front().get()));
    return info;
  }

  // EST has no revoking: it is for people at the authority, and the job that asked shows it.
  Revoked revoke(const RevokeRequest& request, const Call&) override {
    require_settings();
    const bool ours = std::all_of(request.serial.begin(), request.serial.end(), [](char c) {
      return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    });
    if (!ours || !std::filesystem::exists(record_of(request.serial)))
      throw Error("certificate.unknown", {{"serial", request.serial}}, "/serial");
    throw Error("certificate.revoke_elsewhere", {{"serial", request.serial}}, {},
                CINNABAR_UNSUPPORTED);
  }

  ValidationData proof(const ProofRequest& request, const Call& call) override {
    require_settings();
    const x509::Certificate leaf =
        x509::from_der(request.chain.empty() ? std::string_view() : request.chain[0].view());
    if (!leaf) throw unknown_status("", "no certificate is given");
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
      const auto path = x509::path(leaf.get(), chain_, x509::trust(chain_).get(), -1);
      return revocation::prove(path, x509::trust(chain_).get(), sources);
    } catch (const std::string& reason) {
      throw unknown_status(x509::serial_hex(leaf.get()), reason);
    } catch (const revocation::NotProven& problem) {
      if (!problem.revoked) throw unknown_status(problem.serial, problem.reason);
      throw Error("certificate.revoked",
                  {{"serial", problem.serial}, {"at", "?"}, {"reason", problem.reason}});
    }
  }

  Crl crl(const CrlRequest&, const Call&) override { throw Error("certificate.not_published"); }
  OcspAnswer ocsp(const OcspQuery&, const Call&) override {
    throw Error("certificate.not_published");
  }

 private:
  static Error settings(const char* setting, const std::string& reason) {
    return Error("certificate.settings", {{"setting", setting}, {"reason", reason}}, {},
                 CINNABAR_UNAVAILABLE);
  }
  static Error unknown_status(const std::string& serial, const std::string& reason) {
    return Error("certificate.status_unknown", {{"serial", serial}, {"reason", reason}}, {},
                 CINNABAR_UNAVAILABLE);
  }
  void require_settings() const {
    if (config_.url.empty()) throw settings("url", "it is not set");
  }
  std::filesystem::path record_of(const std::string& serial) const {
    return issued_ / (serial + ".cer");
  }

  Credential enrol(const IssueRequest& request, const KeyRef& key, const KeyStoreClient& keys,
                   const Call& call) const {
    const std::string public_key = keys.public_key(key.id);
    const std::string asked = build_request(
        {config_.country, request.organization, request.common_name, request.identifier},
        public_key, [&](std::string_view algorithm, std::string_view digest) {
          return keys.sign(key.id, algorithm, digest);
        });
    OutsideRequest query = outside(config_.url + "/simpleenroll", call);
    query.body = to_base64(asked);
    query.content_type = "application/pkcs10";
    query.headers = {"Content-Transfer-Encoding: base64"};
    query.user = config_.user;
    query.password = config_.password;
    query.certificate_file = config_.certificate_file;
    query.key_file = config_.key_file;
    query.size_max = kAnswerSizeMax;
    return credential(enrolled(fetch(query), public_key), key, request.profile == "timestamp");
  }

  Credential credential(const x509::Certificate& own, const KeyRef& key, bool timestamp) const {
    x509::Certificates path;
    try {
      path = x509::path(own.get(), chain_, x509::trust(chain_).get(),
                        timestamp ? X509_PURPOSE_TIMESTAMP_SIGN : -1);
    } catch (const std::string& reason) {
      throw Error("certificate.invalid", {{"reason", reason}}, {}, CINNABAR_UNAVAILABLE);
    }
    Credential out;
    out.key = key;
    for (const x509::Certificate& certificate : path)
      out.chain.emplace_back(x509::to_der(certificate.get()));
    out.serial = x509::serial_hex(own.get());
    out.sha256 = to_hex(sha256(out.chain[0].view()));
    out.not_before_ms = x509::time_ms(X509_get0_notBefore(own.get()));
    out.not_after_ms = x509::time_ms(X509_get0_notAfter(own.get()));
    write_durable(record_of(out.serial), out.chain[0].view(), 0644);
    return out;
  }

  OutsideRequest outside(const std::string& url, const Call& call) const {
    OutsideRequest request;
    request.url = url;
    request.ca_file = config_.tls_ca_file;
    request.timeout_ms = outside_timeout_ms(host_, call, config_.timeout_ms);
    return request;
  }
  static std::string fetch(const OutsideRequest& request) {
    return fetch_outside(request, "certificate.unreachable");
  }

  Host& host_;
  Config config_;
  x509::Certificates chain_;  // issuing first; read only once started
  std::filesystem::path issued_;
};

}  // namespace
}  // namespace cinnabar::est

CINNABAR_PLUGIN(cinnabar::est::EstPlugin)
