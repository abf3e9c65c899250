#include "revoking.hpp"

#include "seals_table.hpp"

#include <cinnabar/services/kernel.hpp>

namespace cinnabar {
namespace {

struct RevokeWork {
  std::string seal;
  std::string serial;
  std::string sha256;
};
CINNABAR_DESCRIBE(RevokeWork, seal, serial, sha256)

// By whichever authority knows the certificate: another one may have been bound since it was made.
Revoked revoke(const Host& host, const Call& call, const std::string& serial) {
  const auto bound = host.service<Bindings>(call)
                         .names({std::string(interface_id<CertificateAuthority>())}).names;
  for (const std::string& name : bound) {
    try {
      return host.service<CertificateAuthority>(call, name)
          .revoke({serial, "cessation-of-operation"});
    } catch (const Error& error) {
      if (error.code() != "certificate.unknown") throw;
    }
  }
  throw Error("seal.certificate_unknown", {{"serial", serial}}, {}, CINNABAR_FAILED);
}

}  // namespace

void retire_credential(const Host& host, const Call& owner_call, const SealRow& seal,
                       WriteSet& writes) {
  const SealsTable seals(host, owner_call, seal.owner);
  if (seals.others_use(seal)) return;
  const CredentialsTable credentials(host, owner_call, seal.owner, {});
  for (const CredentialRow& row : credentials.retire(seal.credential, writes))
    writes.jobs.push_back({kRevokeJob, seal.owner, row.serial, {},
                           Json::object()
                               .set("seal", seal.id)
                               .set("serial", row.serial)
                               .set("sha256", row.sha256),
                           {}});
}

WriteSet revoke_certificate(const Host& host, const JobCall& job, const Call& call) {
  const auto work = from_json<RevokeWork>(to_json(job.data));
  const CallAs as(call, job.owner);
  const Revoked revoked = revoke(host, as.call(), work.serial);
  WriteSet writes;
  writes.events.push_back({"seal.certificate_revoked", work.seal, job.owner, {},
                           Json::object()
                               .set("certificate_sha256", work.sha256)
                               .set("at", to_rfc3339(Time{revoked.time_ms}))});
  return writes;
}

}  // namespace cinnabar
