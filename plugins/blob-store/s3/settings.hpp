// Settings: what an operator writes under [plugin."cinnabar.s3"], checked, with the endpoint taken
// apart and the secret read. Values; any thread.
#pragma once

#include "signature.hpp"

#include <cinnabar/describe.hpp>

namespace cinnabar::s3 {

// As in plugin.json, which says what each is.
struct Config {
  std::string endpoint;  // empty: switched off
  std::string region = "us-east-1";
  std::string bucket;
  std::string prefix;
  std::string access_key;
  std::string secret_key;
  std::string secret_key_file;
  bool path_style = false;
  std::string ca_file;
  bool plain_http = false;
  int connect_timeout_ms = 3'000;
  int stall_timeout_s = 10;
  int call_timeout_ms = 20'000;
  int connections_max = 16;
  int part_mb = 16;
};
CINNABAR_DESCRIBE(Config, endpoint, region, bucket, prefix, access_key, (secret_key, secret),
                  secret_key_file, path_style, ca_file, plain_http,
                  (connect_timeout_ms, range(100, 60'000)), (stall_timeout_s, range(1, 600)),
                  (call_timeout_ms, range(1'000, 3'600'000)), (connections_max, range(1, 256)),
                  (part_mb, range(5, 1'024)))

struct Settings {
  std::string origin;  // https://bucket.example.com:8443, without a path
  std::string host;    // as in the Host header
  std::string base;    // path of the bucket, not encoded: "/" or "/bucket/"
  std::string bucket;
  std::string prefix;
  Credentials credentials;
  std::string ca_file;
  int connect_timeout_ms = 0;
  int stall_timeout_s = 0;
  int call_timeout_ms = 0;
  int connections_max = 0;
  std::uint64_t part_size = 0;
  // The first pause before a request is sent again; each further one may be twice as long.
  int pause_ms = 100;
};

// Throws Error "s3.settings" with the name of the setting that is wrong.
Settings settings_of(const Config& config);

// The variable that the secret key is read from when no setting names it.
inline constexpr const char* kSecretVariable = "CINNABAR_S3_SECRET_KEY";

}  // namespace cinnabar::s3
