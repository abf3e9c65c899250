// Keys from their issue to their end, through the plugin's entry.
#include <cinnabar/digest_state.hpp>
#include <cinnabar/services/caller.hpp>
#include <cinnabar/services/kernel.hpp>
#include <cinnabar/testing/caller_suite.hpp>
#include <cinnabar/testing/domain_world.hpp>

#include <gtest/gtest.h>

#include <openssl/evp.h>
#include <openssl/hmac.h>

extern "C" const cinnabar_plugin* cinnabar_plugin_v1();

namespace cinnabar {
namespace {

class FakePermissions final : public Permissions {
 public:
  PermissionSet list(const PermissionsRequest&, const Call&) override {
    PermissionSet out;
    for (const char* name : {"api_key.manage", "contract.initiate", "contract.view"})
      out.permissions.push_back({name, name, name, false, {}});
    return out;
  }
};

std::string mac(const std::string& secret, const std::string& text) {
  unsigned char out[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), out, &size);
  return std::string(reinterpret_cast<const char*>(out), size);
}

class ApiKeysTest : public ::testing::Test {
 protected:
  ApiKeysTest() { world.host.add_service<Permissions>(permissions); }

  Json body(const std::string& permission = "contract.view") {
    return Json::object().set("name", "ERP").set("permissions", Json::array().add(permission));
  }
  Json issue(const Json& body) {
    return world.call(subject, "api_key.issue", {{"enterprise", "ent_1"}}, body);
  }
  CallerRequest signed_with(const Json& issued, const std::string& method = "POST",
                            const std::string& nonce = "n1") {
    CallerRequest out;
    out.method = method;
    out.authority = "localhost:8080";
    out.target = "/api/v1/contracts";
    out.body_known = true;
    out.body_sha256 = to_hex(sha256({}));
    out.address = "10.1.2.3";
    const std::string params = R"(("@method" "@path" "@query");created=)" +
                               std::to_string(world.host.host().now_ms(Clock::real) / 1000) +
                               ";keyid=\"" + issued["key"]["id"].text() + "\";nonce=\"" + nonce +
                               "\"";
    const std::string base = "\"@method\": " + method + "\n\"@path\": /api/v1/contracts\n" +
                             "\"@query\": ?\n\"@signature-params\": " + params;
    out.headers["signature-input"] = "s=" + params;
    out.headers["signature"] = "s=:" + to_base64(mac(issued["secret"].text(), base)) + ":";
    return out;
  }
  // Who it is; the code of the refusal, or "nobody".
  std::string who(const CallerRequest& request) {
    OwnCall call("");
    try {
      const Caller caller = world.client<Callers>(call.call()).identify(request);
      world.commit_contribution(caller.writes);
      return caller.key.empty() ? "nobody" : caller.person + " " + caller.enterprise;
    } catch (const Error& error) {
      return error.code();
    }
  }
  Json token(const Json& issued, const std::string& scope = {}) {
    HttpCall call;
    call.route = "api_key.token";
    const std::string form = "grant_type=client_credentials&client_id=" +
                             issued["key"]["id"].text() + "&client_secret=" +
                             issued["secret"].text() + (scope.empty() ? "" : "&scope=" + scope);
    call.body = Bytes(form);
    OwnCall own("");
    const HttpAnswer answer = world.client<Domain>(own.call()).handle(call);
    world.commit(answer.writes);
    return from_json<Json>(answer.body.view());
  }
  CallerRequest with_token(const Json& token) {
    CallerRequest out;
    out.method = "GET";
    out.authorization = "Bearer " + token["access_token"].text();
    return out;
  }

  const SubjectInfo subject = testing::as("per_1", "ent_1");
  FakePermissions permissions;
  testing::DomainWorld world{&cinnabar_plugin_v1, "cinnabar.api-keys", __FILE__};
};

TEST_F(ApiKeysTest, ASecretIsShownOnceAndNotStored) {
  const Json issued = issue(body());
  const std::string secret = issued["secret"].text();
  EXPECT_EQ(secret.size(), 43u);
  const Json keys =
      world.call(subject, "api_key.list", {{"enterprise", "ent_1"}})["keys"];
  ASSERT_EQ(keys.items().size(), 1u);
  EXPECT_EQ(keys.items()[0]["state"].text(), "active");
  EXPECT_EQ(to_json(keys).find(secret), std::string::npos);
  EXPECT_EQ(world.value("SELECT secret FROM apikey_key").text().find(secret), std::string::npos);
  ASSERT_EQ(world.events.size(), 1u);
  EXPECT_EQ(world.events[0].type, "api_key.issued");
}

TEST_F(ApiKeysTest, AKeyHasKnownPermissionsOnlyAndNeverThatOfMakingKeys) {
  const auto refusal = [&](const Json& body) {
    return world.refusal(subject, "api_key.issue", {{"enterprise", "ent_1"}}, body);
  };
  EXPECT_EQ(refusal(body("contract.unheard")), "api_key.permission_unknown");
  EXPECT_EQ(refusal(body("api_key.manage")), "api_key.permission_unknown");
  EXPECT_EQ(refusal(body().set("expires", "2000-01-01T00:00:00Z")), "api_key.expires_past");
  EXPECT_EQ(refusal(body().set("addresses", Json::array().add("10.0.0.0/40"))),
            "api_key.address_malformed");
}

TEST_F(ApiKeysTest, ASignedRequestSpeaksForWhoIssuedTheKey) {
  const Json issued = issue(body());
  EXPECT_EQ(who(signed_with(issued)), "per_1 ent_1");
  CallerRequest other = signed_with(issued, "POST", "n2");
  other.target = "/api/v1/seals";
  EXPECT_EQ(who(other), "api_key.invalid");
  other = signed_with(issued, "POST", "n3");
  other.method = "DELETE";
  EXPECT_EQ(who(other), "api_key.invalid");
}

TEST_F(ApiKeysTest, KeepsTheContractOfCallers) {
  const Json issued = issue(body());
  OwnCall call("");
  const auto callers = world.client<Callers>(call.call());
  testing::check_caller(callers, {signed_with(issued, "GET"), "cinnabar.api-keys"});
  testing::check_caller(callers, {with_token(token(issued)), "cinnabar.api-keys"});
}

TEST_F(ApiKeysTest, ASignatureChangesSomethingOnce) {
  const Json issued = issue(body());
  const CallerRequest request = signed_with(issued);
  EXPECT_EQ(who(request), "per_1 ent_1");
  EXPECT_EQ(who(request), "api_key.signature_used");
  const CallerRequest reading = signed_with(issued, "GET");
  EXPECT_EQ(who(reading), "per_1 ent_1");
  EXPECT_EQ(who(reading), "per_1 ent_1");
}

TEST_F(ApiKeysTest, ASignatureIsGoodForFiveMinutes) {
  const Json issued = issue(body());
  const CallerRequest request = signed_with(issued);
  world.host.advance_ms(299'000);
  EXPECT_EQ(who(signed_with(issued, "POST", "n2")), "per_1 ent_1");
  world.host.advance_ms(2'000);
  EXPECT_EQ(who(request), "api_key.signature_old");
}

TEST_F(ApiKeysTest, AnEarlierSecretEndsWhenItIsToEnd) {
  const Json first = issue(body());
  const std::string id = first["key"]["id"].text();
  const std::map<std::string, std::string> place{{"enterprise", "ent_1"}, {"key", id}};
  const Json second =
      world.call(subject, "api_key.rotate", place, Json::object().set("keep_hours", 1));
  EXPECT_EQ(who(signed_with(first, "POST", "a")), "per_1 ent_1");
  EXPECT_EQ(who(signed_with(second, "POST", "b")), "per_1 ent_1");
  world.host.advance_ms(3'601'000);
  EXPECT_EQ(who(signed_with(first, "POST", "c")), "api_key.invalid");
  EXPECT_EQ(who(signed_with(second, "POST", "d")), "per_1 ent_1");
}

TEST_F(ApiKeysTest, ARevokedKeyEndsWithItsTokens) {
  const Json issued = issue(body());
  const Json given = token(issued);
  EXPECT_EQ(who(with_token(given)), "per_1 ent_1");
  const std::map<std::string, std::string> place{{"enterprise", "ent_1"},
                                                 {"key", issued["key"]["id"].text()}};
  world.call(subject, "api_key.revoke", place);
  EXPECT_EQ(who(with_token(given)), "nobody");
  EXPECT_EQ(who(signed_with(issued)), "api_key.invalid");
  EXPECT_EQ(world.refusal(subject, "api_key.revoke", place), "api_key.revoked");
  EXPECT_THROW(token(issued), Error);
}

TEST_F(ApiKeysTest, AnotherEnterprisesKeyDoesNotExist) {
  const Json issued = issue(body());
  EXPECT_EQ(world.refusal(testing::as("per_2", "ent_2"), "api_key.revoke",
                          {{"enterprise", "ent_2"}, {"key", issued["key"]["id"].text()}}),
            "api_key.not_found");
}

TEST_F(ApiKeysTest, ATokenIsGoodForAnHourAndNoMoreThanItsScope) {
  Json wide = body();
  wide.set("permissions", Json::array().add("contract.view").add("contract.initiate"));
  const Json issued = issue(wide);
  const Json given = token(issued, "contract.view");
  EXPECT_EQ(given["scope"].text(), "contract.view");
  EXPECT_EQ(given["expires_in"].integer(), 3600);
  OwnCall call("");
  const Caller caller = world.client<Callers>(call.call()).identify(with_token(given));
  EXPECT_EQ(caller.permissions, std::vector<std::string>{"contract.view"});
  EXPECT_THROW(token(issued, "seal.make"), Error);
  world.host.advance_ms(3'601'000);
  EXPECT_EQ(who(with_token(given)), "nobody");
}

TEST_F(ApiKeysTest, AKeyIsTakenFromItsAddressesOnly) {
  const Json issued = issue(body().set("addresses", Json::array().add("10.1.0.0/16")));
  EXPECT_EQ(who(signed_with(issued, "GET")), "per_1 ent_1");
  CallerRequest elsewhere = signed_with(issued, "GET");
  elsewhere.address = "192.0.2.1";
  EXPECT_EQ(who(elsewhere), "api_key.address_refused");
}

}  // namespace
}  // namespace cinnabar
