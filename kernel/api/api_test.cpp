#include "kernel/api/api.hpp"

#include "kernel/api/fakes.hpp"
#include "kernel/api/idempotency.hpp"
#include "kernel/base/ids.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace cinnabar::kernel {
namespace {

constexpr const char* kToken = "token-of-ming";

RouteInfo route(std::string method, std::string path, std::string name) {
  RouteInfo info;
  info.method = std::move(method);
  info.path = std::move(path);
  info.name = std::move(name);
  return info;
}

class ApiTest : public testing::Test {
 protected:
  ApiTest() : db_(database_.table()), access_(db_, clocks_, {"per_operator"}), registry_(domain_) {
    session(kToken, "per_ming", "");
    grant("ent_red", "per_ming", "member", "ent_red");
    grant("obj_1", "per_ming", "owner", "per_ming");

    auto& routes = domain_.description.routes;
    routes.push_back(route("GET", "/things/{thing}", "thing.read"));
    routes.back().object = "thing";
    routes.push_back(route("POST", "/things", "thing.create"));
    routes.back().idempotency = "accepted";
    routes.back().audited = true;
    routes.back().request_type = "Thing";
    routes.push_back(route("POST", "/open", "thing.open"));
    routes.back().open = true;
    routes.push_back(route("DELETE", "/things/{thing}", "thing.delete"));
    routes.back().object = "thing";
    routes.back().roles = {"admin"};
    routes.push_back(route("GET", "/things", "thing.list"));
    routes.back().query = {{"page", "", false}};
    routes.push_back(route("POST", "/files", "thing.upload"));
    routes.back().consumes = {"application/pdf"};
    routes.back().upload_size_max = 1'000;
    domain_.description.schemas = Json::object().set("Thing", Json::object());
    domain_.handler = [](const HttpCall& http, const Call&) {
      HttpAnswer answer;
      answer.body = Bytes("{\"route\":\"" + http.route + "\"}");
      return answer;
    };
  }

  void session(std::string_view token, std::string person, std::string acting_for) {
    database_.add("kernel_session", {{"token_sha256", sha256_hex(token)},
                                     {"person", std::move(person)},
                                     {"acting_for", std::move(acting_for)},
                                     {"expires", clocks_.real_ms() + 60'000}});
  }
  void grant(std::string object, std::string grantee, std::string role, std::string owner) {
    database_.add("kernel_grant", {{"object", std::move(object)},
                                   {"grantee", std::move(grantee)},
                                   {"role", std::move(role)},
                                   {"owner", std::move(owner)}});
  }

  Api& api() {
    if (!api_) {
      api_ =
          std::make_unique<Api>(ApiParts{registry_,
                                         db_,
                                         [this](Commit commit) { this->commit(std::move(commit)); },
                                         content_,
                                         access_,
                                         clocks_,
                                         metrics_,
                                         {},
                                         {}},
                                settings_);
    }
    return *api_;
  }

  // Like the real one as far as it matters here: all or nothing, keys are unique.
  void commit(Commit commit) {
    const std::lock_guard lock(mutex_);
    if (conflicts_ > 0) {
      --conflicts_;
      throw conflict("somebody was faster");
    }
    if (commit.idempotency) {
      for (const FakeRow& row : database_.select("kernel_idempotency"))
        if (row.at("scope").text() == commit.idempotency->scope &&
            row.at("idempotency_key").text() == commit.idempotency->key)
          throw conflict("the key is taken");
      database_.add("kernel_idempotency", {{"scope", commit.idempotency->scope},
                                           {"idempotency_key", commit.idempotency->key},
                                           {"fingerprint", commit.idempotency->fingerprint},
                                           {"answer", commit.idempotency->answer}});
    }
    commits_.push_back(std::move(commit));
  }

  HttpRequest request(std::string method, std::string path, std::string body = {}) {
    HttpRequest out;
    out.method = std::move(method);
    out.path = "/api/v1" + path;
    out.target = out.path;
    out.body = std::move(body);
    out.id = "req_test";
    out.address = "10.0.0.1";
    out.headers["authorization"] = std::string("Bearer ") + kToken;
    if (!out.body.empty()) {
      out.headers["content-type"] = "application/json";
      out.headers["content-length"] = std::to_string(out.body.size());
    }
    return out;
  }
  Json document(const HttpResponse& response) { return from_json<Json>(response.body); }
  std::string header(const HttpResponse& response, std::string_view name) {
    for (const auto& [key, value] : response.headers)
      if (key == name) return value;
    return {};
  }

  FakeDatabase database_;
  Db db_;
  ManualClocks clocks_;
  Access access_;
  FakeDomain domain_;
  FakeRegistry registry_;
  FakeContent content_;
  Metrics metrics_;
  ApiSettings settings_;
  std::mutex mutex_;
  int conflicts_ = 0;
  std::vector<Commit> commits_;
  std::unique_ptr<Api> api_;
};

TEST_F(ApiTest, HandsTheRequestToItsDomain) {
  HttpCall seen;
  std::string owner, locale;
  domain_.handler = [&](const HttpCall& http, const Call& call) {
    seen = http;
    seen.body = Bytes(http.body.text());
    owner = call.owner();
    locale = call.locale();
    HttpAnswer answer;
    answer.body = Bytes("{}");
    answer.etag = "3";
    return answer;
  };
  HttpRequest in = request("GET", "/things/obj_1");
  in.headers["accept-language"] = "de, zh-CN;q=0.9, en;q=0.2";
  in.headers["if-match"] = "\"7\"";
  const HttpResponse response = api().handle(in);
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(header(response, "ETag"), "\"3\"");
  EXPECT_EQ(header(response, "X-Request-Id"), "req_test");
  EXPECT_EQ(seen.route, "thing.read");
  EXPECT_EQ(seen.params.at("thing"), "obj_1");
  EXPECT_EQ(seen.object.owner, "per_ming");
  EXPECT_EQ(seen.subject.person, "per_ming");
  EXPECT_EQ(seen.if_match, "7");
  EXPECT_EQ(owner, "per_ming");
  EXPECT_EQ(locale, "zh");
  EXPECT_TRUE(commits_.empty());
  in.headers["if-none-match"] = "W/\"3\"";
  EXPECT_EQ(api().handle(in).status, 304);
}

TEST_F(ApiTest, RefusesUnknownAddressesAndMethods) {
  auto response = api().handle(request("GET", "/nothing"));
  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(document(response)["code"].text(), "request.no_route");
  response = api().handle(request("PUT", "/things"));
  EXPECT_EQ(response.status, 405);
  EXPECT_EQ(header(response, "Allow"), "GET, HEAD, POST");
  EXPECT_EQ(api().handle(request("OPTIONS", "/things")).status, 204);
}

TEST_F(ApiTest, AsksForCredentials) {
  HttpRequest in = request("GET", "/things");
  in.headers.erase("authorization");
  auto response = api().handle(in);
  EXPECT_EQ(response.status, 401);
  EXPECT_EQ(document(response)["code"].text(), "auth.session_missing");
  EXPECT_EQ(header(response, "WWW-Authenticate"), "Bearer");
  in.headers["authorization"] = "Bearer other";
  EXPECT_EQ(document(api().handle(in))["code"].text(), "auth.session_invalid");
  in.headers["authorization"] = std::string("bearer  ") + kToken;
  EXPECT_EQ(api().handle(in).status, 200);
  in = request("POST", "/open");
  in.headers.erase("authorization");
  EXPECT_EQ(api().handle(in).status, 200);
}

TEST_F(ApiTest, ActsForAnEnterpriseThatThePersonBelongsTo) {
  std::string owner;
  domain_.handler = [&](const HttpCall&, const Call& call) {
    owner = call.owner();
    return HttpAnswer{};
  };
  HttpRequest in = request("GET", "/things");
  in.headers["cinnabar-acting-for"] = "ent_red";
  EXPECT_EQ(api().handle(in).status, 200);
  EXPECT_EQ(owner, "ent_red");
  in.headers["cinnabar-acting-for"] = "ent_blue";
  EXPECT_EQ(api().handle(in).status, 403);
}

TEST_F(ApiTest, HidesObjectsWithoutAGrantAndNamesMissingRoles) {
  auto response = api().handle(request("GET", "/things/obj_2"));
  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(document(response)["code"].text(), "object.not_found");
  response = api().handle(request("DELETE", "/things/obj_1"));
  EXPECT_EQ(response.status, 403);
  EXPECT_EQ(document(response)["roles"].text(), "admin");
}

TEST_F(ApiTest, KnowsNothingOfAPluginThatIsSwitchedOff) {
  api();
  registry_.switched_off = "per_ming";
  auto response = api().handle(request("GET", "/things"));
  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(document(response)["code"].text(), "plugin.disabled");
}

TEST_F(ApiTest, ChecksTheQuery) {
  HttpRequest in = request("GET", "/things");
  in.query["page"] = "2";
  EXPECT_EQ(api().handle(in).status, 200);
  in.query["pgae"] = "2";
  EXPECT_EQ(document(api().handle(in))["code"].text(), "request.query_unknown");
}

TEST_F(ApiTest, CommitsWhatTheHandlerWrites) {
  domain_.handler = [](const HttpCall&, const Call&) {
    HttpAnswer answer;
    answer.status = 201;
    answer.location = "/things/obj_9";
    answer.writes.run("INSERT INTO test_thing (id) VALUES (?)", {"obj_9"});
    answer.writes.blobs = {"sha256:aa"};
    return answer;
  };
  const auto response = api().handle(request("POST", "/things", "{}"));
  EXPECT_EQ(response.status, 201);
  EXPECT_EQ(header(response, "Location"), "/api/v1/things/obj_9");
  ASSERT_EQ(commits_.size(), 1u);
  EXPECT_EQ(commits_[0].plugin, "test.domain");
  EXPECT_EQ(commits_[0].table_prefix, "test_");
  EXPECT_EQ(commits_[0].writes.statements.size(), 1u);
  ASSERT_TRUE(commits_[0].audit);
  EXPECT_EQ(commits_[0].audit->action, "thing.create");
  EXPECT_EQ(commits_[0].audit->person, "per_ming");
  EXPECT_EQ(commits_[0].audit->status, 201);
  EXPECT_EQ(content_.published, std::vector<std::string>{"sha256:aa"});
}

TEST_F(ApiTest, RunsACommandAgainAfterAConflict) {
  int runs = 0;
  domain_.handler = [&](const HttpCall&, const Call&) {
    ++runs;
    return HttpAnswer{};
  };
  conflicts_ = 2;
  EXPECT_EQ(api().handle(request("POST", "/things", "{}")).status, 200);
  EXPECT_EQ(runs, 3);
  conflicts_ = 99;
  runs = 0;
  const auto response = api().handle(request("POST", "/things", "{}"));
  EXPECT_EQ(response.status, 409);
  EXPECT_EQ(document(response)["code"].text(), "conflict");
  EXPECT_EQ(runs, 5);
}

TEST_F(ApiTest, RefusesAndStillWrites) {
  domain_.handler = [](const HttpCall&, const Call&) {
    HttpAnswer answer;
    answer.problem = ErrorDocument{"object.not_found", {{"object", "x"}}, "/code"};
    answer.writes.run("UPDATE test_thing SET tries = tries + 1", {});
    return answer;
  };
  const auto response = api().handle(request("POST", "/things", "{}"));
  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(document(response)["pointer"].text(), "/code");
  ASSERT_EQ(commits_.size(), 1u);
  EXPECT_EQ(commits_[0].audit->status, 404);
}

TEST_F(ApiTest, KeepsTheReasonOfAFailureToItself) {
  domain_.handler = [](const HttpCall&, const Call&) -> HttpAnswer { throw failure("secret"); };
  auto response = api().handle(request("GET", "/things"));
  EXPECT_EQ(response.status, 500);
  EXPECT_EQ(response.body.find("secret"), std::string::npos);
  domain_.handler = [](const HttpCall&, const Call&) -> HttpAnswer {
    throw Error("seal.engine_away", {{"detail", "secret"}}, {}, CINNABAR_UNAVAILABLE);
  };
  response = api().handle(request("GET", "/things"));
  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(header(response, "Retry-After"), "1");
  EXPECT_EQ(response.body.find("secret"), std::string::npos);
  domain_.handler = [](const HttpCall&, const Call&) -> HttpAnswer {
    throw Error("x", {}, {}, CINNABAR_DEADLINE);
  };
  EXPECT_EQ(api().handle(request("GET", "/things")).status, 504);
}

TEST_F(ApiTest, SpeaksWithTheScriptsOwnCodeAndText) {
  domain_.handler = [](const HttpCall&, const Call&) -> HttpAnswer {
    throw Error("hook.denied", {{"hook_code", "amount.too_high"}, {"text", "金额超限"}});
  };
  const auto response = api().handle(request("GET", "/things"));
  EXPECT_EQ(response.status, 422);
  EXPECT_EQ(document(response)["code"].text(), "amount.too_high");
  EXPECT_EQ(document(response)["detail"].text(), "金额超限");
}

TEST_F(ApiTest, AnswersARepeatedRequestFromStore) {
  int runs = 0;
  domain_.handler = [&](const HttpCall&, const Call&) {
    HttpAnswer answer;
    answer.status = 201;
    answer.body = Bytes("{\"run\":" + std::to_string(++runs) + "}");
    answer.location = "/things/1";
    return answer;
  };
  HttpRequest in = request("POST", "/things", "{\"name\":\"a\"}");
  in.headers["idempotency-key"] = "key-1";
  const auto first = api().handle(in), second = api().handle(in);
  EXPECT_EQ(runs, 1);
  EXPECT_EQ(second.status, 201);
  EXPECT_EQ(second.body, first.body);
  EXPECT_EQ(header(second, "Location"), header(first, "Location"));
  EXPECT_EQ(header(first, "Idempotency-Replayed"), "");
  EXPECT_EQ(header(second, "Idempotency-Replayed"), "true");
  in.body = "{\"name\":\"b\"}";
  const auto other = api().handle(in);
  EXPECT_EQ(other.status, 422);
  EXPECT_EQ(document(other)["code"].text(), "idempotency.key_reused");
  in.headers["idempotency-key"] = "with space";
  EXPECT_EQ(api().handle(in).status, 400);
}

TEST_F(ApiTest, TenAtOnceHaveOneEffect) {
  std::atomic<int> runs{0};
  domain_.handler = [&](const HttpCall&, const Call&) {
    ++runs;
    std::this_thread::yield();
    return HttpAnswer{};
  };
  api();
  std::atomic<int> good{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 10; ++i)
    threads.emplace_back([&] {
      HttpRequest in = request("POST", "/things", "{}");
      in.headers["idempotency-key"] = "key-1";
      good += api().handle(in).status == 200;
    });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(good, 10);
  EXPECT_EQ(runs, 1);
  EXPECT_EQ(commits_.size(), 1u);
}

TEST_F(ApiTest, DoesNotStoreARefusal) {
  bool refuse = true;
  domain_.handler = [&](const HttpCall&, const Call&) -> HttpAnswer {
    if (refuse) throw Error("object.not_found", {{"object", "x"}});
    return HttpAnswer{};
  };
  HttpRequest in = request("POST", "/things", "{}");
  in.headers["idempotency-key"] = "key-1";
  EXPECT_EQ(api().handle(in).status, 404);
  refuse = false;
  EXPECT_EQ(api().handle(in).status, 200);
}

TEST_F(ApiTest, GivesTheAnswerOfAnotherNodeThatWasFaster) {
  HttpRequest in = request("POST", "/things", "{}");
  in.headers["idempotency-key"] = "key-1";
  int runs = 0;
  domain_.handler = [&](const HttpCall&, const Call&) {
    // While this runs, the other node commits with the same key.
    if (++runs == 1) {
      HttpAnswer other;
      other.status = 202;
      Commit theirs;
      theirs.idempotency = idempotency_record(
          {"per_ming|per_ming|thing.create", "key-1", request_fingerprint(in, "")}, other);
      commit(std::move(theirs));
    }
    return HttpAnswer{};
  };
  const auto response = api().handle(in);
  EXPECT_EQ(runs, 1);
  EXPECT_EQ(response.status, 202);
  EXPECT_EQ(commits_.size(), 1u);
}

TEST_F(ApiTest, DecidesOverABodyBeforeItComes) {
  HttpRequest in = request("POST", "/things", "{}");
  BodyRule rule = api().body_rule(in);
  EXPECT_FALSE(rule.refusal);
  EXPECT_FALSE(rule.later);
  EXPECT_EQ(rule.size_max, 64 * 1024);

  in.headers["content-length"] = "1000000";
  rule = api().body_rule(in);
  ASSERT_TRUE(rule.later);
  EXPECT_EQ(rule.later().size_max, 4 << 20);
  in.headers["authorization"] = "Bearer wrong";
  EXPECT_EQ(api().body_rule(in).later().refusal->status, 401);

  in.headers["content-type"] = "text/xml";
  EXPECT_EQ(api().body_rule(in).refusal->status, 415);
  EXPECT_EQ(api().body_rule(request("GET", "/things", "{}")).refusal->status, 400);
  EXPECT_EQ(api().body_rule(request("POST", "/nothing", "{}")).refusal->status, 404);
}

TEST_F(ApiTest, TakesAnUploadFromWhoMayOnly) {
  HttpRequest in = request("POST", "/files");
  in.headers["content-type"] = "application/pdf";
  in.headers["content-length"] = "5";
  BodyRule rule = api().body_rule(in);
  ASSERT_TRUE(rule.later);
  rule = rule.later();
  EXPECT_FALSE(rule.refusal);
  EXPECT_EQ(rule.size_max, 1'000);
  EXPECT_EQ(rule.stage_path, "/nowhere/staged");
  EXPECT_EQ(document(api().handle(in))["code"].text(), "request.upload_empty");

  std::string upload;
  domain_.handler = [&](const HttpCall& http, const Call&) {
    upload = http.upload + " " + http.upload_type + " " + http.upload_name;
    return HttpAnswer{};
  };
  in.staged_path = "/nowhere/staged";
  in.staged_sha256 = "abc";
  in.staged_size = 5;
  in.headers["content-disposition"] = "attachment; filename=\"../../a.pdf\"";
  EXPECT_EQ(api().handle(in).status, 200);
  EXPECT_EQ(upload, "sha256:abc application/pdf a.pdf");
  EXPECT_EQ(content_.settled, std::vector<std::string>{"sha256:abc"});
  in.headers.erase("authorization");
  EXPECT_EQ(api().body_rule(in).later().refusal->status, 401);
}

TEST_F(ApiTest, StreamsAFileFromItsParts) {
  content_.contents = {{"sha256:1", std::string(300'000, 'a')}, {"sha256:2", "bc"}};
  domain_.handler = [](const HttpCall&, const Call&) {
    HttpAnswer answer;
    answer.content_type = "application/pdf";
    answer.filename = "合同.pdf";
    answer.parts = {"sha256:1", "sha256:2"};
    return answer;
  };
  const auto response = api().handle(request("GET", "/things"));
  EXPECT_EQ(response.stream_size, 300'002);
  std::string all;
  for (std::string piece; !(piece = response.stream()).empty();) all += piece;
  EXPECT_EQ(all, std::string(300'000, 'a') + "bc");
  EXPECT_EQ(header(response, "Content-Disposition"),
            "attachment; filename=\"__.pdf\"; filename*=UTF-8''%E5%90%88%E5%90%8C.pdf");
}

TEST_F(ApiTest, LimitsRequestsWhereThatIsSet) {
  settings_.requests_per_minute = 2;
  EXPECT_EQ(header(api().handle(request("GET", "/things")), "RateLimit-Remaining"), "1");
  EXPECT_EQ(api().handle(request("GET", "/things")).status, 200);
  const auto response = api().handle(request("GET", "/things"));
  EXPECT_EQ(response.status, 429);
  EXPECT_EQ(header(response, "Retry-After"), "30");
  clocks_.advance(30'000);
  EXPECT_EQ(api().handle(request("GET", "/things")).status, 200);
}

TEST_F(ApiTest, RefusesTwoRoutesForOneAddress) {
  domain_.description.routes.push_back(route("GET", "/things/{other}", "thing.other"));
  EXPECT_THROW(api(), Error);
}

TEST_F(ApiTest, LetsScriptsRunOnPagesOfTheSiteOnly) {
  domain_.description.routes.push_back(route("GET", "/console/{page}", "thing.page"));
  domain_.description.routes.back().open = true;
  domain_.description.routes.back().site = true;
  domain_.handler = [](const HttpCall& http, const Call&) {
    HttpAnswer answer;
    answer.content_type = "text/html";
    answer.body = Bytes("<p>" + http.route);
    return answer;
  };
  HttpRequest in = request("GET", "");
  in.path = "/console/main";
  const auto page = api().handle(in);
  EXPECT_EQ(page.body, "<p>thing.page");
  EXPECT_NE(header(page, "Content-Security-Policy").find("script-src 'self'"), std::string::npos);
  EXPECT_EQ(api().handle(request("GET", "/console/main")).status, 404);
  const auto stored = api().handle(request("GET", "/things"));
  EXPECT_EQ(header(stored, "Content-Security-Policy").find("script-src"), std::string::npos);
}

TEST_F(ApiTest, ServesItsOwnPages) {
  HttpRequest in;
  in.method = "GET";
  in.address = "127.0.0.1";
  for (const char* path : {"/readyz", "/healthz", "/hello"}) {
    in.path = path;
    const auto response = api().handle(in);
    EXPECT_EQ(response.status, 200) << path;
    EXPECT_FALSE(response.body.empty()) << path;
  }
  in.method = "POST";
  EXPECT_EQ(api().handle(in).status, 405);
}

TEST_F(ApiTest, ShowsMetricsToThoseWhoRunItOnly) {
  api().handle(request("GET", "/things"));
  HttpRequest in;
  in.method = "GET";
  in.path = "/metrics";
  in.address = "10.0.0.1";
  EXPECT_EQ(api().handle(in).status, 401);
  session("op", "per_operator", "");
  in.headers["authorization"] = "Bearer op";
  const auto response = api().handle(in);
  EXPECT_EQ(response.status, 200);
  EXPECT_NE(
      response.body.find("cinnabar_http_requests_total{route=\"thing.list\",status=\"200\"} 1\n"),
      std::string::npos)
      << response.body;
  EXPECT_NE(response.body.find("cinnabar_http_request_seconds_count{route=\"thing.list\"} 1"),
            std::string::npos);
}

}  // namespace
}  // namespace cinnabar::kernel
