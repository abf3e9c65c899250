// ApiTest: an API over stand-ins, with a signed-in person, a few grants and a few routes. For
// tests.
#pragma once

#include "kernel/api/api.hpp"
#include "kernel/api/fakes.hpp"
#include "kernel/base/ids.hpp"

#include <gtest/gtest.h>

namespace cinnabar::kernel {

inline constexpr const char* kToken = "token-of-ming";

inline RouteInfo route(std::string method, std::string path, std::string name) {
  RouteInfo info;
  info.method = std::move(method);
  info.path = std::move(path);
  info.name = std::move(name);
  info.self = true;
  return info;
}

class ApiTest : public ::testing::Test {
 protected:
  ApiTest()
      : db_(database_.table()),
        access_(db_, clocks_, {"per_operator"}, standings_.read()),
        registry_(domain_) {
    session(kToken, "per_ming", "");
    standings_.add("ent_red", "per_ming", {});
    grant("obj_1", "per_ming", "owner", "per_ming");

    auto& routes = domain_.description.routes;
    routes.push_back(route("GET", "/things/{thing}", "thing.read"));
    routes.back().object = "thing";
    routes.back().permission = "thing.view";
    routes.push_back(route("POST", "/things", "thing.create"));
    routes.back().idempotency = "accepted";
    routes.back().audited = true;
    routes.back().request_type = "Thing";
    routes.push_back(route("POST", "/open", "thing.open"));
    routes.back().open = true;
    routes.back().self = false;
    routes.push_back(route("DELETE", "/things/{thing}", "thing.delete"));
    routes.back().object = "thing";
    routes.back().roles = {"admin"};
    routes.push_back(route("GET", "/things", "thing.list"));
    routes.back().query = {{"page", "", false}};
    routes.push_back(route("POST", "/files", "thing.upload"));
    routes.back().consumes = {"application/pdf"};
    routes.back().upload_size_max = 1'000;
    routes.push_back(route("POST", "/queries", "thing.query"));
    routes.back().consumes = {"application/ocsp-request"};
    routes.back().upload_size_max = 100;
    routes.back().upload_body_max = 100;
    routes.push_back(route("POST", "/checks", "thing.check"));
    routes.back().consumes = {"application/pdf"};
    routes.back().upload_size_max = 1'000;
    routes.back().upload_body_max = 10;
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
    database_.add("kernel_reach", {{"object", std::move(object)},
                                   {"grantee", std::move(grantee)},
                                   {"role", std::move(role)},
                                   {"owner", std::move(owner)},
                                   {"handler", std::string()},
                                   {"department", std::string()}});
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
  FakeStandings standings_;
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

}  // namespace cinnabar::kernel
