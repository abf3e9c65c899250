// Authority: a root (P-384) and an issuing authority (P-256) under it, made at first start, and
// the certificates that it issues. Owned by the plugin; any thread once opened.
//
// In its folder, all written whole and synced: authority.json (both certificates and the ids of
// their keys; the keys are in the key store), root.pem for validators, and each certificate it
// issued as issued/<first two digits of the serial>/<serial>.cer, before anybody is told of it.
#pragma once

#include "certificate.hpp"

#include <cinnabar/services/trust.hpp>
#include <cinnabar/tables.hpp>

#include <filesystem>

namespace cinnabar::builtinca {

struct Config {
  std::string country = "CN";
  std::string organization = "Cinnabar";
  std::string root_name = "Cinnabar Root CA";
  std::string issuing_name = "Cinnabar Issuing CA";
  int root_years = 20;
  int issuing_years = 10;
  int document_years = 5;
  int enterprise_years = 5;
  int person_years = 5;
  int timestamp_years = 5;
  int enterprise_hours = 0;
  int person_hours = 0;
  std::string signer_algorithm = "ec-p256";
  std::string key_store = "file";
  // Under an object identifier made from a UUID, which needs no registration (X.667).
  std::string policy = "2.25.147690874764591509849463861978273473526.1.1";
  std::string public_url;
  int crl_hours = 24;
  int ocsp_hours = 24;
  int responder_days = 30;
};
CINNABAR_DESCRIBE(
    Config, (country, length(2, 2), doc("Country in the names of the authorities.")),
    (organization, length(1, 64), doc("Organisation in the names of the authorities.")),
    (root_name, length(1, 64), doc("Common name of the root; read at first start.")),
    (issuing_name, length(1, 64),
     doc("Common name of the issuing authority; read at first start.")),
    (root_years, range(1, 50), doc("Validity of the root.")),
    (issuing_years, range(1, 50), doc("Validity of the issuing authority.")),
    (document_years, range(1, 50), doc("Validity of the platform's certificate.")),
    (enterprise_years, range(1, 50), doc("Validity of an enterprise's certificate.")),
    (person_years, range(1, 50), doc("Validity of a person's certificate.")),
    (timestamp_years, range(1, 50), doc("Validity of a timestamp authority's certificate.")),
    (enterprise_hours, range(0, 8'760),
     doc("Instead of enterprise_years: short-lived certificates. 0: years.")),
    (person_hours, range(0, 8'760),
     doc("Instead of person_years: short-lived certificates. 0: years.")),
    (signer_algorithm, doc("Keys of signers: ec-p256, ec-p384, rsa-2048, rsa-3072, rsa-4096.")),
    (key_store, length(1, 64),
     doc("Where keys are made: of signers, unless their plugin asks for another "
         "store, and at first start the authority's own.")),
    (policy, doc("Certificate policy of all that is issued, dotted.")),
    (public_url, length(0, 200),
     doc("Where this server is reached from outside, https://host: written into "
         "certificates as the place of lists and answers about them. Empty: "
         "certificates name no place.")),
    (crl_hours, range(1, 8'760), doc("How long a list of revoked ones is good.")),
    (ocsp_hours, range(1, 8'760), doc("How long an answer about one is good.")),
    (responder_days, range(1, 3'650), doc("Validity of the certificate that signs answers.")))

// What the authority needs from outside.
struct Surroundings {
  std::function<KeyStoreClient(const std::string& store)> keys;
  std::function<std::string(std::size_t size)> random;
  std::function<std::int64_t()> now_ms;  // real clock
};

class Authority {
 public:
  // Reads what the folder holds, or makes it: one of several processes at once does.
  Authority(std::filesystem::path folder, Config config, Surroundings surroundings);

  // Throws Error "certificate.profile_unknown", "certificate.authority_expired".
  Credential issue(const IssueRequest& request);
  AuthorityInfo info() const;

  // For those who tell the status of certificates.
  const Config& config() const { return config_; }
  const Surroundings& surroundings() const { return surroundings_; }
  const std::filesystem::path& folder() const { return folder_; }
  const std::string& root_certificate() const { return root_certificate_; }
  const std::string& issuing_certificate() const { return issuing_certificate_; }
  Issuer root() const { return issuer(root_key_, root_certificate_, CmsDigest::sha384); }
  Issuer issuing() const { return issuer(issuing_key_, issuing_certificate_, CmsDigest::sha256); }
  // Whether it is the hex serial of a certificate that was issued here.
  bool has_issued(const std::string& serial) const;
  // Of the one that answers about certificates: not for signers.
  Credential issue_responder();

 private:
  Credential make(CertificatePlan plan, const std::string& key_store, const std::string& algorithm,
                  std::int64_t life_ms);
  void create();
  bool load();
  Issuer issuer(const std::string& key, std::string_view certificate, CmsDigest digest) const;
  std::string new_serial() const;

  std::filesystem::path folder_;
  Config config_;
  Surroundings surroundings_;
  std::string own_key_store_;
  std::string root_key_, issuing_key_;                  // ids in own_key_store_
  std::string root_certificate_, issuing_certificate_;  // DER
  std::int64_t not_after_ms_ = 0;                       // of the issuing authority
};

}  // namespace cinnabar::builtinca
