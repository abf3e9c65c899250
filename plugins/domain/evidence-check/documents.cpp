// The documents: that each version is the beginning of the final file and is what the acts say, and
// that the signatures in them are those of the evidence.
#include "steps.hpp"

#include <algorithm>
#include <set>

namespace cinnabar::evidence {
namespace {

std::string part_of(int number) { return kDocuments + std::to_string(number) + ".pdf"; }

// The digests of a document after its base and after each segment, raw.
using Versions = std::vector<std::string>;

std::string combined(const std::vector<std::string>& digests) {
  if (digests.size() == 1) return to_hex(digests.front());
  std::string all;
  for (const std::string& digest : digests) all += digest;
  return hex_sha256(all);
}

class VersionCheck {
 public:
  VersionCheck(const Bundle& bundle, Findings& findings)
      : bundle_(bundle), evidence_(bundle.evidence), findings_(findings) {}

  void run() {
    for (const DossierDocument& document : evidence_.documents) {
      if (!read(document)) return;
    }
    for (const EvidenceAct& act : evidence_.acts) {
      if (act.type == "contract.frozen") frozen(act);
      if (act.type == "contract.signed") signed_act(act);
      if (act.type == "contract.archived") archived(act);
      if (act.type == "contract.completed" && act.data["digest"].text() != last_digest_)
        fault(act, "digest", kDocuments,
              {"it names another document than was signed last.", "其文件摘要与最后签署的不同。"});
    }
    for (const DossierSignature& signature : evidence_.signatures)
      if (signature.party.empty()) claimed_.insert({signature.document, signature.segment});
    for (std::size_t i = 0; i < versions_.size(); ++i)
      for (std::size_t k = 0; k + 1 < versions_[i].size(); ++k)
        unclaimed(evidence_.documents[i].number, static_cast<int>(k));
  }

 private:
  bool read(const DossierDocument& document) {
    const std::string name = part_of(document.number);
    const std::string_view bytes = bundle_.part(name);
    std::vector<DossierPart> parts{document.base};
    parts.insert(parts.end(), document.segments.begin(), document.segments.end());
    DigestState state;
    Versions versions;
    std::size_t at = 0;
    for (std::size_t i = 0; i < parts.size(); ++i) {
      const auto size = static_cast<std::size_t>(std::max<std::int64_t>(parts[i].size, 0));
      if (size > bytes.size() - at) break;
      const std::string_view piece = bytes.substr(at, size);
      if ("sha256:" + hex_sha256(piece) != parts[i].content)
        findings_.fault("version", name,
                        {name + ": version " + std::to_string(i) +
                             " is not the one that the evidence names.",
                         name + "：第 " + std::to_string(i) + " 个版本与证据所列不符。"});
      state.update(piece);
      versions.push_back(state.digest());
      at += size;
    }
    if (versions.size() != parts.size() || at != bytes.size() ||
        to_hex(versions.back()) != document.sha256) {
      findings_.fault("document", name,
                      {name + " is not the document that the evidence names.",
                       name + " 不是证据所列的文件。"});
      return false;
    }
    versions_.push_back(std::move(versions));
    return true;
  }

  // The digest over all documents, each after that many segments.
  std::string at(const std::vector<std::size_t>& segments) const {
    std::vector<std::string> digests;
    for (std::size_t i = 0; i < versions_.size(); ++i)
      digests.push_back(versions_[i][std::min(segments[i], versions_[i].size() - 1)]);
    return combined(digests);
  }

  // What was appended without an act was appended by nobody.
  void unclaimed(int document, int segment) {
    if (claimed_.count({document, segment}) > 0) return;
    const std::string number = std::to_string(segment + 1);
    findings_.fault("unclaimed", part_of(document),
                    {part_of(document) + ": what was appended as version " + number +
                         " belongs to no act.",
                     part_of(document) + "：第 " + number + " 个版本追加的内容没有对应的操作。"});
  }

  // A renewal of the archive's timestamp.
  void archived(const EvidenceAct& act) {
    const auto document = static_cast<std::size_t>(act.data["document"].integer());
    const auto segment = static_cast<std::size_t>(act.data["segment"].integer());
    const bool there = document >= 1 && document <= versions_.size() &&
                       segment + 1 < versions_[document - 1].size();
    if (there && to_hex(versions_[document - 1][segment + 1]) == act.data["digest"].text() &&
        claimed_.insert({static_cast<int>(document), static_cast<int>(segment)}).second)
      return;
    fault(act, "archive", part_of(static_cast<int>(document)),
          {"the document does not hold what it archived.", "文件中没有其归档的内容。"});
  }

  void frozen(const EvidenceAct& act) {
    const auto& listed = act.data["documents"].items();
    bool same = listed.size() == evidence_.documents.size();
    for (std::size_t i = 0; same && i < listed.size(); ++i)
      same = listed[i]["base"].text() == evidence_.documents[i].base.content &&
             listed[i]["uploaded"].text() == evidence_.documents[i].uploaded;
    if (!same)
      fault(act, "base", kDocuments,
            {"it froze other documents than these.", "其冻结的文件与本证据不同。"});
    last_digest_ = act.data["shown_digest"].text();
    done_.assign(versions_.size(), 0);
    for (const DossierSignature& signature : evidence_.signatures)
      if (signature.party.empty()) advance(signature.document, signature.segment);
    if (!stands_at(last_digest_))
      fault(act, "digest", kDocuments,
            {"the documents were others when they were frozen.", "冻结时的文件与本证据不同。"});
  }

  void signed_act(const EvidenceAct& act) {
    if (done_.size() != versions_.size())
      return fault(act, "not_frozen", kDocuments,
                   {"it signed what was not frozen.", "签署了未冻结的文件。"});
    if (act.data["shown_digest"].text() != last_digest_)
      fault(act, "shown", kDocuments,
            {"what was shown to the signer is not the version before it.",
             "展示给签署人的内容不是其前一版本。"});
    for (const Json& fact : act.data["signatures"].items()) claim(act, fact);
    last_digest_ = act.data["digest"].text();
    if (!stands_at(last_digest_))
      fault(act, "digest", kDocuments,
            {"the documents after it are not those that it names.",
             "该操作后的文件摘要与其记载不符。"});
  }

  void claim(const EvidenceAct& act, const Json& fact) {
    for (const DossierSignature& s : evidence_.signatures) {
      if (s.document != fact["document"].integer() || s.segment != fact["segment"].integer())
        continue;
      advance(s.document, s.segment);
      const bool same = fact["digest"].text() == s.digest && fact["serial"].text() == s.serial &&
                        fact["certificate_sha256"].text() == s.certificate_sha256 &&
                        fact["timestamp"].text() == s.timestamp &&
                        fact["archived"].text() == s.archived &&
                        fact["level"].text() == s.level &&
                        fact["content"].text() == content_of(s) && s.party == act.party &&
                        s.method == act.data["method"].text() && s.person == act.actor;
      if (same && claimed_.insert({s.document, s.segment}).second) return;
      break;
    }
    fault(act, "signature", part_of(static_cast<int>(fact["document"].integer())),
          {"its signature is not the one in the evidence.", "其签名与证据中的签名不符。"});
  }

  // The segment that it is, as its document lists it.
  std::string content_of(const DossierSignature& signature) const {
    for (const DossierDocument& document : evidence_.documents)
      if (document.number == signature.document && signature.segment >= 0 &&
          static_cast<std::size_t>(signature.segment) < document.segments.size())
        return document.segments[static_cast<std::size_t>(signature.segment)].content;
    return {};
  }

  void advance(int document, int segment) {
    if (document < 1 || static_cast<std::size_t>(document) > done_.size()) return;
    auto& done = done_[static_cast<std::size_t>(document) - 1];
    done = std::max(done, static_cast<std::size_t>(segment) + 1);
  }

  // An act may append more than its signatures (validation data): up to the next signature.
  bool stands_at(const std::string& digest) {
    std::vector<std::size_t> until(done_.size());
    for (std::size_t i = 0; i < done_.size(); ++i) {
      until[i] = versions_[i].size() - 1;
      for (const DossierSignature& s : evidence_.signatures)
        if (static_cast<std::size_t>(s.document) == i + 1 &&
            static_cast<std::size_t>(s.segment) >= done_[i])
          until[i] = std::min(until[i], static_cast<std::size_t>(s.segment));
    }
    std::size_t more = 0;
    for (std::size_t i = 0; i < done_.size(); ++i) more = std::max(more, until[i] - done_[i]);
    for (std::size_t k = 0; k <= more; ++k) {
      std::vector<std::size_t> segments(done_.size());
      for (std::size_t i = 0; i < done_.size(); ++i) segments[i] = std::min(done_[i] + k, until[i]);
      if (at(segments) == digest) return true;
    }
    return false;
  }

  void fault(const EvidenceAct& act, const char* code, const std::string& part,
             const Words& words) {
    findings_.fault(code, part,
                    {"Act " + name_of(act) + ": " + words.en, "操作 " + name_of(act) + "：" +
                                                                  words.zh},
                    name_of(act));
  }

  const Bundle& bundle_;
  const Evidence& evidence_;
  Findings& findings_;
  std::vector<Versions> versions_;
  std::vector<std::size_t> done_;  // segments that acts account for, by document
  std::string last_digest_;
  std::set<std::pair<int, int>> claimed_;
};

void compare(const Bundle& bundle, const DossierDocument& document, const VerifyReport& report,
             Findings& findings) {
  const std::string part = part_of(document.number);
  std::vector<bool> named(report.signatures.size());
  for (const DossierSignature& s : bundle.evidence.signatures) {
    if (s.document != document.number) continue;
    bool found = false;
    for (std::size_t i = 0; i < report.signatures.size() && !found; ++i) {
      const SignatureReport& r = report.signatures[i];
      found = !named[i] && r.intact && r.certificate_sha256 == s.certificate_sha256 &&
              std::count(s.fields.begin(), s.fields.end(), r.field) > 0;
      if (found) named[i] = true;
    }
    if (!found)
      findings.fault("signature_missing", part,
                     {part + " lacks the signature of " + s.signer_name + " in " +
                          (s.fields.empty() ? "?" : s.fields.front()) + ".",
                      part + " 缺少 " + s.signer_name + " 在 " +
                          (s.fields.empty() ? "?" : s.fields.front()) + " 处的签名。"});
  }
  for (std::size_t i = 0; i < named.size(); ++i)
    if (!named[i] && report.signatures[i].sub_filter != "ETSI.RFC3161")
      findings.fault("signature_unknown", part,
                     {part + " holds a signature that the evidence does not know: " +
                          report.signatures[i].signer + ".",
                      part + " 中有证据未记载的签名：" + report.signatures[i].signer + "。"});
}

void judge_trust(const std::string& part, const VerifyReport& report, Findings& findings) {
  for (const SignatureReport& r : report.signatures) {
    const std::string& code = r.trust.code;
    if (code != "trusted" && code != "not_checked" && !code.empty())
      findings.fault("untrusted", part,
                     {part + ": the certificate of " + r.signer + " is not trusted: " + code + ".",
                      part + "：" + r.signer + " 的证书不受信任：" + code + "。"});
    if (r.revocation.code == "revoked")
      findings.fault("revoked", part,
                     {part + ": the certificate of " + r.signer + " was revoked before it signed.",
                      part + "：" + r.signer + " 的证书在签署前已被吊销。"});
    if (r.time.code == "timestamp_invalid")
      findings.fault("timestamp", part,
                     {part + ": the timestamp of " + r.signer + " is not right.",
                      part + "：" + r.signer + " 的时间戳无效。"});
  }
}

VerifyRequest request_for(const Bundle& bundle, const std::string& part,
                          const CheckOptions& options) {
  VerifyRequest request;
  request.document = Bytes::borrowed(bundle.part(part));
  for (const std::string& anchor : options.anchors) {
    request.signer_anchors.push_back(Bytes::borrowed(anchor));
    request.timestamp_anchors.push_back(Bytes::borrowed(anchor));
  }
  for (const auto& [name, content] : bundle.parts) {
    if (name.starts_with(kCertificates)) request.certificates.push_back(Bytes::borrowed(content));
    if (name.ends_with(".crl")) request.crls.push_back(Bytes::borrowed(content));
    if (name.ends_with(".ocsp")) request.ocsps.push_back(Bytes::borrowed(content));
  }
  return request;
}

}  // namespace

void check_versions(const Bundle& bundle, Findings& findings) {
  findings.step("versions");
  VersionCheck(bundle, findings).run();
  findings.passed({"Each version is the beginning of its document, and each signing act names the "
                   "version that was shown and the one that it made.",
                   "各历史版本均为最终文件的前缀；每次签署所展示与所产生的版本均与记载一致。"});
}

void check_documents(const Bundle& bundle, const CheckOptions& options,
                     const VerifyDocument& verify, Findings& findings) {
  findings.step("documents");
  const auto judge = [&](const std::string& part) {
    const VerifyReport report = verify(request_for(bundle, part, options));
    if (report.verdict != "not-tampered")
      findings.fault("verdict", part,
                     {part + " is " + report.verdict +
                          (report.problems.empty() ? "" : ": " + report.problems.front()) + ".",
                      part + " 的验签结论为 " + report.verdict +
                          (report.problems.empty() ? "" : "：" + report.problems.front()) + "。"});
    judge_trust(part, report, findings);
    return report;
  };
  for (const DossierDocument& document : bundle.evidence.documents)
    compare(bundle, document, judge(part_of(document.number)), findings);
  if (bundle.parts.count(kReport)) judge(kReport);
  findings.passed({"No document was tampered with; the signatures in them are those of the acts (" +
                       std::to_string(bundle.evidence.signatures.size()) + ").",
                   "文件均未被篡改，其中的签名与各次操作一致（" +
                       std::to_string(bundle.evidence.signatures.size()) + " 处）。"});
}

}  // namespace cinnabar::evidence
