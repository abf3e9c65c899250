#include "status_service.hpp"

#include "file_lock.hpp"

#include <algorithm>

namespace cinnabar::builtinca {

CINNABAR_DESCRIBE(KeptCrl, (number, required), (this_update_ms, required),
                  (next_update_ms, required), (revoked, required), (der, required))

namespace {

constexpr std::int64_t kHourMs = 3'600'000;

std::int64_t whole_seconds(std::int64_t time_ms) { return time_ms - time_ms % 1000; }

// What is kept can be made again: a file that cannot be read counts as none.
template <class T>
std::optional<T> kept_in(const std::filesystem::path& file) {
  const auto text = read_small_file(file, 64'000'000);
  if (!text) return std::nullopt;
  try {
    return from_json<T>(*text);
  } catch (const Error&) {
    return std::nullopt;
  }
}

// The serial of a certificate as its raw bytes.
std::string serial_of(const der::CertificateParts& parts) {
  std::string_view serial = der::Reader(parts.serial).expect(der::kInteger).content;
  while (serial.size() > 1 && serial[0] == 0) serial.remove_prefix(1);
  return std::string(serial);
}

}  // namespace

StatusService::StatusService(Authority& authority)
    : authority_(authority),
      issuing_(authority.issuing()),
      revocations_(authority.folder() / "revoked") {}

Revoked StatusService::revoke(const RevokeRequest& request) {
  const Reason reason = reason_of(request.reason);
  if (!authority_.has_issued(request.serial))
    throw Error("certificate.unknown", {{"serial", request.serial}}, "/serial");
  const Time now{whole_seconds(authority_.surroundings().now_ms())};
  return {revocations_.add({*from_hex(request.serial), now, reason}).time.ms};
}

// Made anew in the last quarter of its time, and when something was revoked.
bool StatusService::fresh(const KeptCrl& kept, std::size_t revoked) const {
  const std::int64_t quarter = (kept.next_update_ms - kept.this_update_ms) / 4;
  const std::int64_t now_ms = authority_.surroundings().now_ms();
  return !kept.der.empty() && kept.revoked >= static_cast<std::int64_t>(revoked) &&
         now_ms >= kept.this_update_ms && now_ms < kept.next_update_ms - quarter;
}

Crl StatusService::current_crl(const std::string& name, KeptCrl& kept, const Issuer& issuer) {
  const auto list = [&] { return name == "root" ? std::vector<Revocation>() : revocations_.all(); };
  if (fresh(kept, list().size())) return {kept.der, kept.next_update_ms};
  // One process makes the next number; the others find what it made.
  const auto file = authority_.folder() / ("crl-" + name + ".json");
  const FileLock lock(authority_.folder() / "crl.lock");
  const std::vector<Revocation> revoked = list();
  if (auto stored = kept_in<KeptCrl>(file)) {
    kept = std::move(*stored);
    if (fresh(kept, revoked.size())) return {kept.der, kept.next_update_ms};
  }
  CrlPlan plan;
  plan.this_update = Time{whole_seconds(authority_.surroundings().now_ms())};
  // Not below the time in seconds, so that numbers ascend even when the file was lost.
  const std::int64_t number = std::max(kept.number + 1, plan.this_update.ms / 1000);
  plan.number = static_cast<std::uint64_t>(number);
  plan.next_update = Time{plan.this_update.ms + authority_.config().crl_hours * kHourMs};
  plan.revoked = revoked;
  kept = {number, plan.this_update.ms, plan.next_update.ms,
          static_cast<std::int64_t>(revoked.size()), Bytes(build_crl(plan, issuer))};
  write_durable(file, to_json(kept) + "\n", 0644);
  return {kept.der, kept.next_update_ms};
}

Crl StatusService::crl(const std::string& issuer) {
  if (issuer != "issuing" && issuer != "root")
    throw Error("certificate.issuer_unknown", {{"issuer", issuer}}, "/issuer");
  const std::lock_guard lock(mutex_);
  if (issuer == "root") return current_crl(issuer, root_crl_, authority_.root());
  return current_crl(issuer, issuing_crl_, issuing_);
}

std::shared_ptr<const StatusService::Responder> StatusService::adopt(
    const Credential& credential) const {
  const std::string certificate = credential.chain.at(0).text();
  const der::CertificateParts parts = der::parse_certificate(certificate);
  const KeyStoreClient keys = authority_.surroundings().keys(credential.key.store);
  Responder out;
  out.issuer = {
      std::string(parts.subject), std::string(parts.public_key), CmsDigest::sha256,
      [keys, key = credential.key.id](std::string_view algorithm, std::string_view digest) {
        return keys.sign(key, algorithm, digest);
      }};
  out.certificate = certificate;
  out.renew_at_ms =
      credential.not_after_ms - (credential.not_after_ms - credential.not_before_ms) / 3;
  return std::make_shared<const Responder>(std::move(out));
}

std::shared_ptr<const StatusService::Responder> StatusService::responder() {
  const std::int64_t now_ms = authority_.surroundings().now_ms();
  const std::lock_guard lock(mutex_);
  if (responder_ && now_ms < responder_->renew_at_ms) return responder_;
  const auto file = authority_.folder() / "responder.json";
  const FileLock file_lock(authority_.folder() / "responder.lock");
  if (const auto stored = kept_in<Credential>(file); stored && !stored->chain.empty()) {
    responder_ = adopt(*stored);
    if (now_ms < responder_->renew_at_ms) return responder_;
  }
  const Credential fresh = authority_.issue_responder();
  write_durable(file, to_json(fresh) + "\n");
  responder_ = adopt(fresh);
  return responder_;
}

OcspStatus StatusService::status_of(std::string_view serial) const {
  OcspStatus status;
  if (!authority_.has_issued(to_hex(serial))) return status;
  const auto revocation = revocations_.find(std::string(serial));
  status.kind = revocation ? OcspStatus::Kind::revoked : OcspStatus::Kind::good;
  if (revocation) status.revocation = *revocation;
  return status;
}

std::string StatusService::answer(const std::vector<OcspStatus>& statuses, std::string_view nonce,
                                  std::int64_t now_ms) {
  const auto signer = responder();
  OcspPlan plan{statuses, nonce, Time{whole_seconds(now_ms)}, {}};
  plan.next_update = Time{plan.this_update.ms + authority_.config().ocsp_hours * kHourMs};
  return build_ocsp(plan, signer->issuer, signer->certificate);
}

OcspAnswer StatusService::ocsp(std::string_view request) {
  OcspRequest query;
  try {
    query = parse_ocsp_request(request);
  } catch (const Error&) {
    return {Bytes(ocsp_failure(OcspError::malformed_request)), 0};
  }
  std::vector<OcspStatus> statuses;
  bool any_ours = false, all_known = true;
  for (const CertificateId& id : query.certificates) {
    const bool ours = names_issuer(id, issuing_.name, issuing_.public_key);
    OcspStatus status = ours ? status_of(id.serial) : OcspStatus{};
    any_ours = any_ours || ours;
    all_known = all_known && status.kind != OcspStatus::Kind::unknown;
    status.id = id.whole;
    statuses.push_back(status);
  }
  if (!any_ours) return {Bytes(ocsp_failure(OcspError::unauthorized)), 0};
  const std::int64_t now_ms = authority_.surroundings().now_ms();
  // One who asks with a nonce wants an answer of now, and an unknown one may be issued next.
  const bool lasts = query.nonce.empty() && all_known;
  return {Bytes(answer(statuses, query.nonce, now_ms)),
          lasts ? whole_seconds(now_ms) + authority_.config().ocsp_hours * kHourMs : 0};
}

ValidationData StatusService::proof(const std::vector<Bytes>& chain) {
  if (chain.empty())
    throw Error("certificate.status_unknown", {{"serial", ""}, {"reason", "no certificate given"}});
  ValidationData out;
  out.certificates = {Bytes(authority_.root_certificate())};
  out.crls = {crl("root").der};
  if (chain[0].view() == authority_.issuing_certificate()) return out;
  out.certificates.insert(out.certificates.begin(), Bytes(authority_.issuing_certificate()));

  const der::CertificateParts own = der::parse_certificate(chain[0].view());
  const std::string serial = serial_of(own);
  OcspStatus status = own.issuer == issuing_.name ? status_of(serial) : OcspStatus{};
  if (status.kind == OcspStatus::Kind::unknown)
    throw Error("certificate.status_unknown",
                {{"serial", to_hex(serial)}, {"reason", "it was not issued here"}});
  if (status.kind == OcspStatus::Kind::revoked)
    throw Error("certificate.revoked",
                {{"serial", to_hex(serial)},
                 {"at", to_rfc3339(status.revocation.time)},
                 {"reason", std::string(name_of(status.revocation.reason))}});
  const std::string id = certificate_id(issuing_.name, issuing_.public_key, serial);
  status.id = id;
  out.ocsps = {Bytes(answer({status}, {}, authority_.surroundings().now_ms()))};
  return out;
}

}  // namespace cinnabar::builtinca
