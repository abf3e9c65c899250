#include "bundle.hpp"

#include "certificates.hpp"
#include "readme.hpp"

#include <cinnabar/digest_state.hpp>

namespace cinnabar::evidence {
namespace {

void add_log(Archive& archive, const LogProof& proof) {
  archive.add(kLogKey, proof.key + "\n");
  archive.add(kCheckpoint, proof.checkpoint.note);
  archive.add(kEarlier, proof.earlier.note);
  archive.add(kProofs, to_json(BundleProofs{proof.inclusions, proof.consistency}));
}

void add_certificates(Archive& archive, const Host& host, const Call& call,
                      const Evidence& evidence, const Credential& own) {
  auto certificates = certificates_of(evidence);
  for (const Bytes& certificate : own.chain)
    certificates.emplace(to_hex(sha256(certificate.view())), certificate);
  for (const auto& [sha256, certificate] : certificates)
    archive.add(kCertificates + sha256 + ".der", certificate.view());
  std::map<std::string, std::vector<Bytes>> chains{{own.sha256, own.chain}};
  for (const DossierSignature& signature : evidence.signatures)
    chains.emplace(signature.certificate_sha256, signature.chain);
  std::vector<std::vector<Bytes>> distinct;
  for (auto& [sha256, chain] : chains) distinct.push_back(std::move(chain));
  const Revocation revocation = revocation_of(host, call, distinct);
  for (const auto& [sha256, crl] : revocation.crls)
    archive.add(kRevocation + sha256 + ".crl", crl.view());
  for (const auto& [sha256, ocsp] : revocation.ocsps)
    archive.add(kRevocation + sha256 + ".ocsp", ocsp.view());
}

void add_documents(Archive& archive, const Evidence& evidence,
                   const std::optional<ReportRow>& report) {
  for (const DossierDocument& document : evidence.documents) {
    std::vector<std::string> blobs{document.base.content};
    for (const DossierPart& segment : document.segments) blobs.push_back(segment.content);
    archive.add_blobs(kDocuments + std::to_string(document.number) + ".pdf", blobs,
                      document.sha256);
  }
  if (report) archive.add_blobs(kReport, {report->base, report->segment}, report->sha256);
}

}  // namespace

std::string make_bundle(const Host& host, const Call& call, OwnCredential& credential,
                        const Collected& collected, const std::optional<ReportRow>& report,
                        FileAnswer& answer) {
  const LogProof proof = prove(host, call, collected.events);
  Archive archive(host);
  archive.add(kReadme, kReadmeText);
  archive.add(kEvidence, to_json(collected.evidence));
  add_log(archive, proof);
  add_certificates(archive, host, call, collected.evidence, credential.get(call));
  add_documents(archive, collected.evidence, report);
  BundleManifest manifest;
  manifest.contract = collected.evidence.contract.id;
  manifest.made = Time{host.now_ms(Clock::real)};
  manifest.parts = archive.parts();
  const std::string text = to_json(manifest);
  const std::string signature = credential.sign(text, call);
  archive.add(kManifest, text);
  archive.add(kSignature, signature);
  archive.finish(answer);
  return to_hex(sha256(text));
}

}  // namespace cinnabar::evidence
