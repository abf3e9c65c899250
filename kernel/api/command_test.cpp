// What the API does with handlers that write: one commit, again after a conflict, once for a key.
#include "kernel/api/api_fixture.hpp"
#include "kernel/api/idempotency.hpp"

#include <atomic>
#include <thread>

namespace cinnabar::kernel {
namespace {

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

}  // namespace
}  // namespace cinnabar::kernel
