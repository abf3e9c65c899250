#include "settings.hpp"

#include <cinnabar/error.hpp>
#include <cinnabar/testing/folder.hpp>

#include <gtest/gtest.h>

namespace cinnabar::s3 {
namespace {

Config good() {
  Config config;
  config.endpoint = "https://s3.example.com";
  config.bucket = "contracts";
  config.access_key = "AKIA";
  config.secret_key = "very secret";
  return config;
}

// The setting that is wrong; empty: none. The secret is looked for in the text on the way.
std::string wrong(const Config& config) {
  try {
    settings_of(config);
    return "";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "s3.settings");
    EXPECT_EQ(std::string(error.what()).find("very secret"), std::string::npos);
    return error.params().front().second;
  }
}

TEST(Settings, the_bucket_is_a_host_name_or_a_folder) {
  Config config = good();
  Settings settings = settings_of(config);
  EXPECT_EQ(settings.origin, "https://contracts.s3.example.com");
  EXPECT_EQ(settings.base, "/");
  config.path_style = true;
  config.endpoint = "https://s3.example.com:8443/";
  settings = settings_of(config);
  EXPECT_EQ(settings.origin, "https://s3.example.com:8443");
  EXPECT_EQ(settings.host, "s3.example.com:8443");
  EXPECT_EQ(settings.base, "/contracts/");
  config.endpoint = "https://[2001:db8::1]:443";
  EXPECT_EQ(settings_of(config).host, "[2001:db8::1]") << "as clients write the scheme's own port";
}

TEST(Settings, what_cannot_work_is_refused_by_name) {
  const auto with = [](auto change) {
    Config config = good();
    change(config);
    return wrong(config);
  };
  EXPECT_EQ(wrong(good()), "");
  for (const char* endpoint : {"s3.example.com", "ftp://s3.example.com", "https://", "https://a/b",
                               "https://a:b", "https://user@host", "https://a:", "https://[::1"})
    EXPECT_EQ(with([&](Config& c) { c.endpoint = endpoint; }), "endpoint") << endpoint;
  for (const char* bucket : {"", "ab", "Contracts", "a/b", "con tracts", "contracts.de"})
    EXPECT_EQ(with([&](Config& c) { c.bucket = bucket; }), "bucket") << bucket;
  for (const char* prefix : {"/a", "a//b", "../", "a b", "a?"})
    EXPECT_EQ(with([&](Config& c) { c.prefix = prefix; }), "prefix") << prefix;
  EXPECT_EQ(with([](Config& c) { c.region = ""; }), "region");
  EXPECT_EQ(with([](Config& c) { c.access_key = ""; }), "access_key");
  EXPECT_EQ(with([](Config& c) { c.access_key = "a\r\nHost: b"; }), "access_key");
}

TEST(Settings, without_tls_only_the_loopback_is_asked_unless_allowed) {
  Config config = good();
  config.endpoint = "http://s3.example.com";
  EXPECT_EQ(wrong(config), "endpoint");
  config.plain_http = true;
  EXPECT_EQ(wrong(config), "");
  config.plain_http = false;
  for (const char* endpoint : {"http://127.0.0.1:80", "http://localhost:1", "http://[::1]:9000"}) {
    config.endpoint = endpoint;
    EXPECT_EQ(wrong(config), "") << endpoint;
  }
}

TEST(Settings, the_secret_comes_from_a_file_or_out_of_the_environment) {
  testing::TestFolder folder;
  Config config = good();
  config.secret_key.clear();
  config.secret_key_file = folder.write("secret", "from a file\nsecond line").string();
  EXPECT_EQ(settings_of(config).credentials.secret_key, "from a file");
  config.secret_key_file = (folder.path / "nothing").string();
  EXPECT_EQ(wrong(config), "secret_key_file");
  config.secret_key_file.clear();
  EXPECT_EQ(wrong(config), "secret_key_file");
  ::setenv(kSecretVariable, "from the environment", 1);
  EXPECT_EQ(settings_of(config).credentials.secret_key, "from the environment");
  EXPECT_EQ(std::getenv(kSecretVariable), nullptr);
}

}  // namespace
}  // namespace cinnabar::s3
