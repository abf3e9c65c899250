// Who signed: the manifest's signature and its timestamp, and the certificates of all signatures.
#include "crypto.hpp"
#include "steps.hpp"

#include <algorithm>

namespace cinnabar::evidence {
namespace {

// Clocks of a signing server and of its authorities differ by less.
constexpr std::int64_t kClocksDifferMs = 5 * 60'000;


std::vector<std::string> texts_of(const std::vector<Bytes>& chain) {
  std::vector<std::string> out;
  for (const Bytes& certificate : chain) out.push_back(certificate.text());
  return out;
}

// Without roots from elsewhere: those above the platform's own signatures in the documents, so that
// a bundle signed by anybody else shows.
std::vector<std::string> own_roots(const Bundle& bundle) {
  std::vector<std::string> out;
  bool certified = false;
  for (const DossierSignature& signature : bundle.evidence.signatures) {
    if (!signature.party.empty() || signature.chain.empty()) continue;
    certified = true;
    const Owned<X509> own = read_x509(signature.chain.front().view());
    const std::string root = signature.chain.back().text();
    const Owned<X509> last = read_x509(root);
    // Only what the certificate in the document leads to: the chain beside it is only said.
    if (own && last && self_issued(last.get()) &&
        path_fault(own.get(), texts_of(signature.chain), {root}, signature.signed_at.ms + 1000)
            .empty())
      out.push_back(root);
  }
  if (certified) return out;
  // Nothing was certified yet: then only --trust can tell.
  for (const auto& [name, content] : bundle.parts) {
    if (!name.starts_with(kCertificates)) continue;
    const Owned<X509> one = read_x509(content);
    if (one && self_issued(one.get())) out.emplace_back(content);
  }
  return out;
}

std::vector<std::string> roots_of(const Bundle& bundle, const std::vector<std::string>& anchors) {
  return anchors.empty() ? own_roots(bundle) : anchors;
}

void check_stamp(const Bundle& bundle, const CmsOpened& cms, const std::vector<std::string>& roots,
                 bool anchored, Findings& findings) {
  if (cms.token.empty())
    return findings.unknown("no_timestamp", kSignature,
                            {"The signature has no timestamp.", "该签名没有时间戳。"});
  const TokenOpened token = open_token(cms.token, cms.signature);
  if (!token.fault.empty())
    return findings.fault("timestamp", kSignature,
                          {"The timestamp is not right: " + token.fault + ".",
                           "时间戳无效：" + token.fault + "。"});
  if (std::abs(token.time_ms - bundle.manifest.made.ms) > kClocksDifferMs)
    findings.fault("time", kManifest,
                   {"The manifest says that it was made at " + to_rfc3339(bundle.manifest.made) +
                        ", the timestamp " + to_rfc3339(Time{token.time_ms}) + ".",
                    "清单称制作于 " + to_rfc3339(bundle.manifest.made) + "，而时间戳为 " +
                        to_rfc3339(Time{token.time_ms}) + "。"});
  const Owned<X509> signer = read_x509(token.certificate);
  const std::string fault =
      signer ? path_fault(signer.get(), token.certificates, roots, token.time_ms) : "no signer";
  if (fault.empty()) return;
  const Words words{"The timestamp's authority is not trusted: " + fault + ".",
                    "时间戳机构不受信任：" + fault + "。"};
  if (anchored)
    findings.fault("timestamp_untrusted", kSignature, words);
  else
    findings.unknown("timestamp_untrusted", kSignature, words);
}

// Certificates of signatories lead to the same root as the platform's: with theirs, they could
// vouch for a bundle that they made up.
void check_platform(const Bundle& bundle, const std::string& der, Findings& findings) {
  const Owned<X509> signer = read_x509(der);
  if (!signer) return;
  const std::string name = common_name(signer.get()), id = subject_id(signer.get());
  bool signatory = false;
  for (const char* kind : {"per-", "ent-", "sel-"}) signatory = signatory || id.starts_with(kind);
  std::string platform;
  for (const DossierSignature& signature : bundle.evidence.signatures) {
    if (!signature.party.empty()) {
      signatory = signatory || signature.certificate_sha256 == hex_sha256(der);
    } else if (!signature.chain.empty()) {
      const Owned<X509> own = read_x509(signature.chain.front().view());
      if (own) platform = common_name(own.get());
    }
  }
  if (signatory)
    findings.fault("not_platform", kSignature,
                   {"The manifest is signed by a signatory, " + name + ", not by the platform.",
                    "清单由签署人 " + name + " 而非平台签名。"});
  else if (!platform.empty() && platform != name)
    findings.unknown("other_name", kSignature,
                     {"The manifest is signed by " + name + ", the documents are certified by " +
                          platform + ".",
                      "清单由 " + name + " 签名，而文件由 " + platform + " 认证。"});
}

// The certificate of one signature: its own, with those above it, good when it was used.
void check_signer(const Bundle& bundle, const DossierSignature& signature,
                  const std::vector<std::string>& roots, Findings& findings) {
  const std::string place = "document " + std::to_string(signature.document) + ", " +
                            (signature.party.empty() ? "platform" : signature.party);
  const auto fault = [&](const char* code, const std::string& part, const Words& words) {
    findings.fault(code, part, {place + ": " + words.en, place + "：" + words.zh});
  };
  const std::string part = kCertificates + signature.certificate_sha256 + ".der";
  const Owned<X509> own = read_x509(bundle.part(part));
  if (!own || signature.chain.empty() || signature.chain.front().view() != bundle.part(part) ||
      hex_sha256(bundle.part(part)) != signature.certificate_sha256)
    return fault("missing", part, {"its certificate is not there.", "缺少其证书。"});
  const std::int64_t at = signature.signed_at.ms;
  if (at + kClocksDifferMs < not_before_ms(own.get()) || at > not_after_ms(own.get()))
    return fault("validity", part,
                 {"its certificate was not valid when it signed, at " +
                      to_rfc3339(signature.signed_at) + ".",
                  "签署时（" + to_rfc3339(signature.signed_at) + "）其证书不在有效期内。"});
  const std::string reason = path_fault(own.get(), texts_of(signature.chain), roots, at + 1000);
  if (!reason.empty())
    fault("untrusted", part,
          {"its certificate leads to no trusted root: " + reason + ".",
           "其证书不能追溯到受信任的根：" + reason + "。"});
}

}  // namespace

void check_signature(const Bundle& bundle, const std::vector<std::string>& anchors,
                     Findings& findings) {
  findings.step("signature");
  const CmsOpened cms = open_cms(bundle.part(kSignature), bundle.part(kManifest), nullptr);
  if (!cms.fault.empty())
    return findings.fault("wrong", kSignature,
                          {"The manifest's signature is wrong: " + cms.fault + ".",
                           "清单的签名不正确：" + cms.fault + "。"});
  const Owned<X509> signer = read_x509(cms.certificate);
  const std::vector<std::string> roots = roots_of(bundle, anchors);
  const std::string name = signer ? common_name(signer.get()) : "";
  const std::string fault = signer ? path_fault(signer.get(), cms.certificates, roots,
                                                bundle.manifest.made.ms + 1000)
                                   : "no signer";
  if (!fault.empty())
    findings.fault("untrusted", kSignature,
                   {"The manifest is signed by " + name + ", who is not trusted: " + fault +
                        (anchors.empty() ? " (compared with the platform that certified the "
                                           "documents)."
                                         : "."),
                    "清单由 " + name + " 签名，其不受信任：" + fault +
                        (anchors.empty() ? "（与认证文件的平台比对）。" : "。")});
  check_platform(bundle, cms.certificate, findings);
  check_stamp(bundle, cms, roots, !anchors.empty(), findings);
  if (anchors.empty())
    findings.unknown("not_anchored", kSignature,
                     {"No trusted root was given (--trust): that the platform is who it says was "
                      "not judged.",
                      "未指定受信任的根证书（--trust）：未判断平台身份。"});
  findings.passed({"The manifest is signed by " + name + ".", "清单由 " + name + " 签名。"});
}

void check_certificates(const Bundle& bundle, const std::vector<std::string>& anchors,
                        Findings& findings) {
  findings.step("certificates");
  for (const auto& [name, content] : bundle.parts)
    if (name.starts_with(kCertificates) &&
        name != kCertificates + hex_sha256(content) + ".der")
      findings.fault("name", name,
                     {name + " is not named by its SHA-256.", name + " 的名称与其 SHA-256 不符。"});
  const std::vector<std::string> roots = roots_of(bundle, anchors);
  for (const DossierSignature& signature : bundle.evidence.signatures)
    check_signer(bundle, signature, roots, findings);
  findings.passed({"Each signature's certificate is there, was valid when it signed and leads to " +
                       std::string(anchors.empty() ? "the platform's root." : "a trusted root."),
                   "各签名的证书齐全、签署时有效，且可追溯到" +
                       std::string(anchors.empty() ? "平台根证书。" : "受信任的根证书。")});
}

}  // namespace cinnabar::evidence
