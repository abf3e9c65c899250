// What the API does with any request: routes, credentials, roles, bodies, answers.
#include "kernel/api/api_fixture.hpp"

namespace cinnabar::kernel {
namespace {

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

TEST_F(ApiTest, TakesEncodedSlashesOnlyIntoTheRestOfAPath) {
  auto& routes = domain_.description.routes;
  routes.push_back(route("GET", "/ocsp/{request...}", "ocsp.get"));
  routes.back().site = routes.back().open = true;
  routes.back().self = false;
  std::string got;
  domain_.handler = [&](const HttpCall& http, const Call&) {
    got = http.params.at("request");
    return HttpAnswer{};
  };
  HttpRequest in = request("GET", "/ignored");
  in.path = "/ocsp/a/b";
  in.encoded_slash = 7;
  EXPECT_EQ(api().handle(in).status, 200);
  EXPECT_EQ(got, "a/b");
  in.encoded_slash = 5;
  EXPECT_EQ(document(api().handle(in))["code"].text(), "http.target_malformed");
  for (const char* path : {"/things", "/things/obj_1", "/nothing/at"}) {
    HttpRequest other = request("GET", path);
    other.encoded_slash = 8;
    const auto response = api().handle(other);
    EXPECT_EQ(response.status, 400) << path;
    EXPECT_EQ(document(response)["code"].text(), "http.target_malformed") << path;
  }
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

TEST_F(ApiTest, TakesAnUploadAsItsBodyOnlyUpToTheSizeThatTheRouteHolds) {
  const auto stage_path = [&](const char* length) {
    HttpRequest in = request("POST", "/checks");
    in.headers["content-type"] = "application/pdf";
    if (*length != '\0') in.headers["content-length"] = length;
    BodyRule rule = api().body_rule(in);
    if (rule.later) rule = rule.later();
    EXPECT_FALSE(rule.refusal);
    EXPECT_EQ(rule.size_max, rule.stage_path.empty() ? 10 : 1'000);
    return rule.stage_path;
  };
  EXPECT_EQ(stage_path("10"), "");
  EXPECT_EQ(stage_path("11"), "/nowhere/staged");
  EXPECT_EQ(stage_path(""), "/nowhere/staged");
}

TEST_F(ApiTest, TakesASmallUploadAsItsBodyAndStoresNothing) {
  HttpRequest in = request("POST", "/queries");
  in.headers["content-type"] = "application/ocsp-request";
  in.headers["content-length"] = "3";
  BodyRule rule = api().body_rule(in);
  if (rule.later) rule = rule.later();
  EXPECT_FALSE(rule.refusal);
  EXPECT_EQ(rule.size_max, 100);
  EXPECT_EQ(rule.stage_path, "");
  EXPECT_EQ(document(api().handle(in))["code"].text(), "request.upload_empty");

  std::string seen;
  domain_.handler = [&](const HttpCall& http, const Call&) {
    seen = http.body.text() + " " + http.upload_type + " " + http.upload;
    return HttpAnswer{};
  };
  in.body = std::string("0\0\xFF", 3);
  EXPECT_EQ(api().handle(in).status, 200);
  EXPECT_EQ(seen, std::string("0\0\xFF", 3) + " application/ocsp-request ");
  EXPECT_TRUE(content_.settled.empty());
  in.headers["content-type"] = "application/json";
  EXPECT_EQ(api().body_rule(in).refusal->status, 415);
}

TEST_F(ApiTest, StreamsAFileFromItsParts) {
  content_.contents = {{"sha256:1", std::string(300'000, 'a')}, {"sha256:2", "bc"}};
  domain_.handler = [](const HttpCall&, const Call&) {
    HttpAnswer answer;
    answer.content_type = "application/pdf";
    answer.filename = "合同.pdf";
    answer.parts = {"inline:1", "sha256:1", "sha256:2", "inline:0"};
    answer.inlined = {Bytes(std::string("end")), Bytes(std::string("\0", 1))};
    return answer;
  };
  const auto response = api().handle(request("GET", "/things"));
  EXPECT_EQ(response.stream_size, 300'006);
  std::string all;
  for (std::string piece; !(piece = response.stream()).empty();) all += piece;
  EXPECT_EQ(all, std::string(1, '\0') + std::string(300'000, 'a') + "bcend");
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

TEST_F(ApiTest, CountsAnUploadOnceAndRefusesItAtItsHead) {
  settings_.requests_per_minute = settings_.open_requests_per_minute = 2;
  HttpRequest head = request("POST", "/queries");
  head.headers["content-type"] = "application/ocsp-request";
  head.headers["content-length"] = "3";
  HttpRequest whole = head;
  whole.body = "abc";
  for (int i = 0; i < 2; ++i) {
    EXPECT_FALSE(api().body_rule(head).later().refusal);
    EXPECT_EQ(api().handle(whole).status, 200);
  }
  const BodyRule rule = api().body_rule(head).later();
  ASSERT_TRUE(rule.refusal);
  EXPECT_EQ(rule.refusal->status, 429);
  EXPECT_EQ(header(*rule.refusal, "Retry-After"), "30");
}

TEST_F(ApiTest, RefusesTwoRoutesForOneAddress) {
  domain_.description.routes.push_back(route("GET", "/things/{other}", "thing.other"));
  EXPECT_THROW(registry_.generation(), Error);
}

TEST_F(ApiTest, LetsScriptsRunOnPagesOfTheSiteOnly) {
  domain_.description.routes.push_back(route("GET", "/console/{page}", "thing.page"));
  domain_.description.routes.back().open = true;
  domain_.description.routes.back().self = false;
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
