// Who calls: by token, by cookie, by key; and what a key is for.
#include "kernel/api/api_fixture.hpp"

namespace cinnabar::kernel {
namespace {

class CredentialsTest : public ApiTest {
 protected:
  CredentialsTest() {
    standings_.add("ent_green", "per_ming", {"thing.view", "thing.change"});
    domain_.handler = [this](const HttpCall& http, const Call&) {
      last = http;
      HttpAnswer answer;
      answer.body = Bytes("{}");
      answer.cookie = cookie;
      return answer;
    };
    RouteInfo change = route("POST", "/enterprises/{enterprise}/things", "thing.change");
    change.self = false;
    change.enterprise = "enterprise";
    change.permission = "thing.change";
    change.audited = true;
    domain_.description.routes.push_back(change);
  }
  HttpRequest by_key(std::string method, std::string path) {
    HttpRequest out = request(std::move(method), std::move(path));
    out.headers["authorization"] = callers.known;
    return out;
  }
  HttpRequest by_cookie(std::string method, std::string path) {
    HttpRequest out = request(std::move(method), std::move(path));
    out.headers.erase("authorization");
    out.headers["cookie"] = std::string("cinnabar_session=") + kToken;
    out.headers["host"] = "sign.example.com";
    return out;
  }
  std::string code(const HttpRequest& request) {
    return document(api().handle(request))["code"].text();
  }
  void keys_for(std::string enterprise, std::vector<std::string> permissions) {
    registry_.use(callers);
    registry_.callers_manifest.permissions = {"sessions"};
    callers.caller.enterprise = std::move(enterprise);
    callers.caller.permissions = std::move(permissions);
  }

  FakeCallers callers;
  HttpCall last;
  std::optional<SessionCookie> cookie;
};

TEST_F(CredentialsTest, OtherSchemesNeedAProvider) {
  EXPECT_EQ(code(by_key("GET", "/things")), "auth.session_missing");
}

TEST_F(CredentialsTest, AProviderThatMayNotMakeSessionsIsNotAsked) {
  keys_for("ent_green", {"thing.change"});
  registry_.callers_manifest.permissions = {"database"};
  EXPECT_EQ(code(by_key("POST", "/enterprises/ent_green/things")), "auth.session_missing");
  EXPECT_TRUE(callers.requests.empty());
}

TEST_F(CredentialsTest, AKeySpeaksForItsPersonInItsEnterprise) {
  keys_for("ent_green", {"thing.change"});
  const HttpResponse response =
      api().handle(by_key("POST", "/enterprises/ent_green/things"));
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(last.subject.person, "per_ming");
  EXPECT_EQ(last.subject.acting_for, "ent_green");
  EXPECT_EQ(last.subject.key, "key_1");
  ASSERT_EQ(commits_.size(), 1u);
  EXPECT_EQ(commits_[0].audit->key, "key_1");
  ASSERT_FALSE(callers.requests.empty());
  EXPECT_TRUE(callers.requests[0].body_known);
  EXPECT_EQ(callers.requests[0].body_sha256, sha256_hex(""));
  EXPECT_EQ(callers.requests[0].headers.count("authorization"), 0u);
}

TEST_F(CredentialsTest, AKeyMayWhatBothItAndItsPersonMay) {
  keys_for("ent_green", {"thing.view"});
  EXPECT_EQ(code(by_key("POST", "/enterprises/ent_green/things")), "auth.key_limited");
  keys_for("ent_red", {"thing.change"});  // where the person has no permission
  EXPECT_EQ(code(by_key("POST", "/enterprises/ent_red/things")), "auth.permission_missing");
  keys_for("ent_blue", {"thing.change"});  // which the person has left
  EXPECT_EQ(code(by_key("POST", "/enterprises/ent_blue/things")), "object.not_found");
}

TEST_F(CredentialsTest, AKeyIsForOneEnterpriseAndNotForAPersonsOwnAffairs) {
  keys_for("ent_red", {"thing.view", "thing.change"});
  EXPECT_EQ(code(by_key("POST", "/enterprises/ent_green/things")), "auth.key_limited");
  EXPECT_EQ(code(by_key("GET", "/things")), "auth.key_limited");
  HttpRequest elsewhere = by_key("POST", "/enterprises/ent_green/things");
  elsewhere.headers["cinnabar-acting-for"] = "ent_green";
  EXPECT_EQ(code(elsewhere), "auth.key_limited");
}

TEST_F(CredentialsTest, WhatTheProviderWritesIsCommittedWithTheRequest) {
  keys_for("ent_green", {"thing.change"});
  callers.caller.writes.run("INSERT", {});
  api().handle(by_key("POST", "/enterprises/ent_green/things"));
  ASSERT_EQ(commits_.size(), 1u);
  EXPECT_EQ(commits_[0].writes.statements.size(), 1u);
}

TEST_F(CredentialsTest, ATokenThatIsNoSessionsMayBeAProgramsToken) {
  HttpRequest unknown = request("GET", "/things");
  unknown.headers["authorization"] = "Bearer other";
  EXPECT_EQ(code(unknown), "auth.session_invalid");
  keys_for("ent_green", {"thing.change"});
  EXPECT_EQ(code(unknown), "auth.session_invalid");
  callers.known = "Bearer other";
  EXPECT_EQ(code(unknown), "auth.key_limited");
  EXPECT_EQ(api().handle(request("GET", "/things")).status, 200);
}

TEST_F(CredentialsTest, ACookieReadsAndTellsTheProof) {
  const HttpResponse response = api().handle(by_cookie("GET", "/things"));
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(header(response, "X-CSRF-Token").size(), 64u);
  EXPECT_EQ(header(api().handle(request("GET", "/things")), "X-CSRF-Token"), "");
}

TEST_F(CredentialsTest, ACookieChangesWithTheProofOnly) {
  HttpRequest change = by_cookie("POST", "/things");
  EXPECT_EQ(code(change), "auth.csrf");
  change.headers["x-csrf-token"] = std::string(64, 'a');
  EXPECT_EQ(code(change), "auth.csrf");
  change.headers["x-csrf-token"] =
      header(api().handle(by_cookie("GET", "/things")), "X-CSRF-Token");
  EXPECT_EQ(api().handle(change).status, 200);
  change.headers["sec-fetch-site"] = "same-origin";
  change.headers["origin"] = "https://sign.example.com";
  EXPECT_EQ(api().handle(change).status, 200);
  change.headers["sec-fetch-site"] = "same-site";
  EXPECT_EQ(code(change), "auth.csrf");
  change.headers["sec-fetch-site"] = "same-origin";
  change.headers["origin"] = "https://evil.test";
  EXPECT_EQ(code(change), "auth.csrf");
}

TEST_F(CredentialsTest, AnAnswersCookieIsSetAndNotKeptForRepetitions) {
  cookie = SessionCookie{"new-token", 60};
  HttpRequest opened = request("POST", "/things");
  opened.headers["idempotency-key"] = "one";
  const HttpResponse response = api().handle(opened);
  EXPECT_EQ(header(response, "Set-Cookie").find("cinnabar_session=new-token; "), 0u);
  EXPECT_EQ(header(response, "X-CSRF-Token").size(), 64u);
  ASSERT_EQ(commits_.size(), 1u);
  EXPECT_EQ(commits_[0].idempotency->answer.find("new-token"), std::string::npos);
}

TEST_F(CredentialsTest, OverTlsACookieStaysWithTls) {
  cookie = SessionCookie{"new-token", 60};
  HttpRequest opened = request("POST", "/open");
  EXPECT_EQ(header(api().handle(opened), "Set-Cookie").find("Secure"), std::string::npos);
  opened.headers["x-forwarded-proto"] = "https";
  EXPECT_NE(header(api().handle(opened), "Set-Cookie").find("; Secure"), std::string::npos);
}

}  // namespace
}  // namespace cinnabar::kernel
