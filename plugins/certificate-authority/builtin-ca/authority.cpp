#include "authority.hpp"

#include "file_lock.hpp"

#include <algorithm>

namespace cinnabar::builtinca {

// authority.json, version 1.
struct StoredAuthority {
  int version = 1;
  std::string root_key;
  std::string issuing_key;
  Bytes root_certificate;
  Bytes issuing_certificate;
  std::int64_t issuing_not_after_ms = 0;
  std::string key_store = "file";  // holds both keys
};
CINNABAR_DESCRIBE(StoredAuthority, (version, required), (root_key, required),
                  (issuing_key, required), (root_certificate, required),
                  (issuing_certificate, required), (issuing_not_after_ms, required), key_store)

namespace {

constexpr std::size_t kSerialSize = 16;
constexpr std::int64_t kHourMs = 3'600'000;
constexpr std::int64_t kYearMs = 31'557'600'000;  // 365.25 days
// Clocks of those who validate may be a little behind ours.
constexpr std::int64_t kBackdatedMs = 5 * 60'000;

std::string pem(std::string_view certificate) {
  std::string out = "-----BEGIN CERTIFICATE-----\n";
  const std::string text = to_base64(certificate);
  for (std::size_t i = 0; i < text.size(); i += 64) out += text.substr(i, 64) + "\n";
  return out + "-----END CERTIFICATE-----\n";
}

std::int64_t whole_seconds(std::int64_t time_ms) { return time_ms - time_ms % 1000; }

// Where the certificate of a hex serial is kept.
std::filesystem::path record_of(const std::filesystem::path& folder, const std::string& serial) {
  return folder / "issued" / serial.substr(0, 2) / (serial + ".cer");
}

}  // namespace

Authority::Authority(std::filesystem::path folder, Config config, Surroundings surroundings)
    : folder_(std::move(folder)),
      config_(std::move(config)),
      surroundings_(std::move(surroundings)) {
  if (load()) return;
  const FileLock lock(folder_ / "lock");
  if (load()) return;
  create();
  if (!load()) throw failure("the authority vanished after it was written");
}

bool Authority::load() {
  const auto text = read_small_file(folder_ / "authority.json");
  if (!text) return false;
  StoredAuthority stored;
  try {
    stored = from_json<StoredAuthority>(*text, Reading::strict);
    if (stored.version != 1) throw failure("version");
    der::parse_certificate(stored.root_certificate.view());
    der::parse_certificate(stored.issuing_certificate.view());
  } catch (const Error& error) {
    throw Error("certificate.authority_damaged",
                {{"file", (folder_ / "authority.json").string()}, {"reason", error.what()}}, {},
                CINNABAR_FAILED);
  }
  own_key_store_ = stored.key_store;
  root_key_ = stored.root_key;
  issuing_key_ = stored.issuing_key;
  root_certificate_ = stored.root_certificate.text();
  issuing_certificate_ = stored.issuing_certificate.text();
  not_after_ms_ = stored.issuing_not_after_ms;
  return true;
}

std::string Authority::new_serial() const {
  std::string serial = surroundings_.random(kSerialSize);
  // RFC 5280 4.1.2.2: positive, at most 20 octets; CA/B Forum: at least 64 random bits.
  serial[0] = static_cast<char>((serial[0] & 0x3F) | 0x40);
  return serial;
}

Issuer Authority::issuer(const std::string& key, std::string_view certificate,
                         CmsDigest digest) const {
  const der::CertificateParts parts = der::parse_certificate(certificate);
  return {std::string(parts.subject), std::string(parts.public_key), digest,
          [this, key](std::string_view algorithm, std::string_view bytes) {
            return surroundings_.keys(own_key_store_).sign(key, algorithm, bytes);
          }};
}

void Authority::create() {
  const KeyStoreClient keys = surroundings_.keys(config_.key_store);
  const std::int64_t now_ms = whole_seconds(surroundings_.now_ms());
  StoredAuthority stored;
  stored.key_store = config_.key_store;

  CertificatePlan root;
  root.profile = Profile::root;
  root.subject = {config_.country, config_.organization, config_.root_name, {}};
  stored.root_key = keys.create("ec-p384");
  root.public_key = keys.public_key(stored.root_key);
  root.serial = new_serial();
  root.not_before = Time{now_ms - kBackdatedMs};
  root.not_after = Time{now_ms + config_.root_years * kYearMs};
  const auto root_sign = [&](std::string_view algorithm, std::string_view digest) {
    return keys.sign(stored.root_key, algorithm, digest);
  };
  stored.root_certificate =
      build_certificate(root, {{}, root.public_key, CmsDigest::sha384, root_sign});

  CertificatePlan issuing;
  issuing.profile = Profile::issuing;
  issuing.subject = {config_.country, config_.organization, config_.issuing_name, {}};
  stored.issuing_key = keys.create("ec-p256");
  issuing.public_key = keys.public_key(stored.issuing_key);
  issuing.serial = new_serial();
  issuing.not_before = root.not_before;
  stored.issuing_not_after_ms =
      std::min(root.not_after.ms, now_ms + config_.issuing_years * kYearMs);
  issuing.not_after = Time{stored.issuing_not_after_ms};
  issuing.policy = "2.5.29.32.0";  // anyPolicy
  if (!config_.public_url.empty())
    issuing.status = {
        config_.public_url + "/pki/root.crl", {}, config_.public_url + "/pki/root.cer"};
  stored.issuing_certificate = build_certificate(
      issuing, {encode_name(root.subject), root.public_key, CmsDigest::sha384, root_sign});

  write_durable(folder_ / "root.pem", pem(stored.root_certificate.view()), 0644);
  write_durable(folder_ / "authority.json", to_json(stored) + "\n", 0644);
}

Credential Authority::issue(const IssueRequest& request) {
  struct Life {
    std::string_view profile;
    int years;
    int hours;  // 0: years
  };
  const Life kLives[] = {{"document", config_.document_years, 0},
                         {"enterprise", config_.enterprise_years, config_.enterprise_hours},
                         {"person", config_.person_years, config_.person_hours},
                         {"timestamp", config_.timestamp_years, 0}};
  const auto life = std::find_if(std::begin(kLives), std::end(kLives),
                                 [&](const Life& l) { return l.profile == request.profile; });
  if (life == std::end(kLives))
    throw Error("certificate.profile_unknown", {{"profile", request.profile}}, "/profile");
  const bool timestamp = request.profile == "timestamp";
  CertificatePlan plan;
  plan.profile = timestamp ? Profile::timestamp : Profile::signer;
  plan.subject = {config_.country, request.organization, request.common_name, request.identifier};
  return make(std::move(plan), request.key_store.empty() ? config_.key_store : request.key_store,
              timestamp ? "ec-p256" : config_.signer_algorithm,
              life->hours > 0 ? life->hours * kHourMs : life->years * kYearMs);
}

Credential Authority::issue_responder() {
  CertificatePlan plan;
  plan.profile = Profile::responder;
  plan.subject = {config_.country, config_.organization, config_.issuing_name + " OCSP", {}};
  return make(std::move(plan), own_key_store_, "ec-p256", config_.responder_days * 24 * kHourMs);
}

Credential Authority::make(CertificatePlan plan, const std::string& key_store,
                           const std::string& algorithm, std::int64_t life_ms) {
  const std::int64_t now_ms = whole_seconds(surroundings_.now_ms());
  if (now_ms >= not_after_ms_)
    throw Error("certificate.authority_expired", {{"at", to_rfc3339(Time{not_after_ms_})}}, {},
                CINNABAR_UNAVAILABLE);
  const KeyStoreClient keys = surroundings_.keys(key_store);
  Credential credential;
  credential.key = {key_store, keys.create(algorithm)};
  plan.public_key = keys.public_key(credential.key.id);
  plan.serial = new_serial();
  // An authority's certificate outlives what it issues, or validators that ask for a nested
  // validity refuse the last ones.
  credential.not_before_ms = now_ms - kBackdatedMs;
  credential.not_after_ms = std::min(not_after_ms_, now_ms + life_ms);
  plan.not_before = Time{credential.not_before_ms};
  plan.not_after = Time{whole_seconds(credential.not_after_ms)};
  plan.policy = config_.policy;
  if (!config_.public_url.empty() && plan.profile != Profile::responder)
    plan.status = {config_.public_url + "/pki/issuing.crl", config_.public_url + "/pki/ocsp",
                   config_.public_url + "/pki/issuing.cer"};
  std::string certificate = build_certificate(plan, issuing());

  credential.serial = to_hex(plan.serial);
  credential.sha256 = to_hex(sha256(certificate));
  const auto record = record_of(folder_, credential.serial);
  if (std::filesystem::create_directories(record.parent_path())) {
    sync_folder(record.parent_path().parent_path());
    sync_folder(folder_);
  }
  write_durable(record, certificate, 0644);
  credential.chain = {Bytes(std::move(certificate)), Bytes(issuing_certificate_),
                      Bytes(root_certificate_)};
  return credential;
}

bool Authority::has_issued(const std::string& serial) const {
  const bool is_serial = serial.size() == 2 * kSerialSize &&
                         serial.find_first_not_of("0123456789abcdef") == std::string::npos;
  return is_serial && std::filesystem::exists(record_of(folder_, serial));
}

AuthorityInfo Authority::info() const {
  return {
      config_.issuing_name, {Bytes(issuing_certificate_), Bytes(root_certificate_)}, not_after_ms_};
}

}  // namespace cinnabar::builtinca
