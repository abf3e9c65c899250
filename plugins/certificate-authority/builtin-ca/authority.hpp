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
  std::string signer_algorithm = "ec-p256";
  std::string key_store = "file";
  // Under an object identifier made from a UUID, which needs no registration (X.667).
  std::string policy = "2.25.147690874764591509849463861978273473526.1.1";
};
CINNABAR_DESCRIBE(Config, (country, length(2, 2), doc("Country in the names of the authorities.")),
                  (organization, length(1, 64),
                   doc("Organisation in the names of the authorities.")),
                  (root_name, length(1, 64), doc("Common name of the root; read at first start.")),
                  (issuing_name, length(1, 64),
                   doc("Common name of the issuing authority; read at first start.")),
                  (root_years, range(1, 50), doc("Validity of the root.")),
                  (issuing_years, range(1, 50), doc("Validity of the issuing authority.")),
                  (document_years, range(1, 50), doc("Validity of the platform's certificate.")),
                  (enterprise_years, range(1, 50), doc("Validity of an enterprise's certificate.")),
                  (person_years, range(1, 50), doc("Validity of a person's certificate.")),
                  (timestamp_years, range(1, 50),
                   doc("Validity of a timestamp authority's certificate.")),
                  (signer_algorithm,
                   doc("Keys of signers: ec-p256, ec-p384, rsa-2048, rsa-3072, rsa-4096.")),
                  (key_store, length(1, 64),
                   doc("Where keys are made: of signers, unless their plugin asks for another "
                       "store, and at first start the authority's own.")),
                  (policy, doc("Certificate policy of all that is issued, dotted.")))

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

 private:
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
