// cinnabar.pki: what the authorities publish, at the addresses that their certificates name:
// certificates, lists of revoked ones, OCSP (RFC 6960), timestamps (RFC 3161). No account.
#include <cinnabar/digest_state.hpp>
#include <cinnabar/domain_plugin.hpp>
#include <cinnabar/services/trust.hpp>

namespace cinnabar {
namespace {

// A request names at most some dozens of certificates, or one digest.
constexpr std::int64_t kOcspRequestMax = 16 * 1024;
constexpr std::int64_t kTimestampRequestMax = 4 * 1024;

class PkiPlugin final : public DomainPlugin {
 public:
  explicit PkiPlugin(Host& host) : DomainPlugin(host) {
    using Self = PkiPlugin;
    file("/pki/root.cer", "pki.root", &Self::root).summary("The root's certificate", "根证书");
    file("/pki/issuing.cer", "pki.issuing", &Self::issuing)
        .summary("The issuing authority's certificate", "签发机构证书");
    file("/pki/root.crl", "pki.root_crl", &Self::root_crl)
        .summary("What the root revoked", "根证书吊销列表");
    file("/pki/issuing.crl", "pki.issuing_crl", &Self::issuing_crl)
        .summary("What the issuing authority revoked", "签发机构吊销列表");
    route("POST", "/pki/ocsp", "pki.ocsp", this, &Self::ocsp)
        .summary("Tells whether certificates are good (RFC 6960)", "证书状态查询")
        .open()
        .site()
        .small_upload({"application/ocsp-request"}, kOcspRequestMax)
        .produces("application/ocsp-response");
    file("/pki/ocsp/{request...}", "pki.ocsp_get", &Self::ocsp_get)
        .summary("Tells whether certificates are good (RFC 6960)", "证书状态查询");
    route("POST", "/pki/tsa", "pki.tsa", this, &Self::timestamp)
        .summary("Stamps a digest with the time (RFC 3161)", "时间戳")
        .open()
        .site()
        .small_upload({"application/timestamp-query"}, kTimestampRequestMax)
        .produces("application/timestamp-reply");
  }

 private:
  Route& file(std::string path, std::string name,
              FileAnswer (PkiPlugin::*handler)(const Request&)) {
    return route("GET", std::move(path), std::move(name), this, handler).open().site();
  }

  static FileAnswer kept(std::string type, std::string_view content) {
    FileAnswer answer;
    answer.content_type = std::move(type);
    answer.content = std::string(content);
    answer.etag = to_hex(sha256(content)).substr(0, 32);
    return answer;
  }

  Client<CertificateAuthority> authority(const Request& request) const {
    return host().service<CertificateAuthority>(request.call);
  }
  FileAnswer certificate(const Request& request, std::size_t at) const {
    const AuthorityInfo info = authority(request).info({});
    if (at >= info.chain.size()) throw Error("certificate.not_published");
    return kept("application/pkix-cert", info.chain[at].view());  // RFC 2585
  }
  FileAnswer issuing(const Request& request) { return certificate(request, 0); }
  FileAnswer root(const Request& request) { return certificate(request, 1); }
  FileAnswer list(const Request& request, const char* issuer) const {
    return kept("application/pkix-crl", authority(request).crl({issuer}).der.view());
  }
  FileAnswer issuing_crl(const Request& request) { return list(request, "issuing"); }
  FileAnswer root_crl(const Request& request) { return list(request, "root"); }

  FileAnswer answer(const Request& request, Bytes query) const {
    const OcspAnswer found = authority(request).ocsp({std::move(query)});
    FileAnswer answer{"application/ocsp-response", {}, found.response.text(), {}};
    // What was asked with a nonce is nobody else's, and good only once.
    if (found.next_update_ms != 0) answer.etag = to_hex(sha256(answer.content)).substr(0, 32);
    return answer;
  }
  FileAnswer ocsp(const Request& request) { return answer(request, request.http.body); }
  // RFC 6960 A.1: base64 of the request; what is none gets the answer of one that is malformed.
  FileAnswer ocsp_get(const Request& request) {
    return answer(request, Bytes(from_base64(request.param("request")).value_or(std::string())));
  }
  FileAnswer timestamp(const Request& request) {
    const auto authority = host().service<TimestampAuthority>(request.call);
    return {"application/timestamp-reply",
            {},
            authority.answer({request.http.body}).response.text(),
            {}};
  }
};

}  // namespace

CINNABAR_PLUGIN(PkiPlugin)

}  // namespace cinnabar
