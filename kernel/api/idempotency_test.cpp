#include "kernel/api/idempotency.hpp"

#include "kernel/base/ids.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <thread>

namespace cinnabar::kernel {
namespace {

TEST(Idempotency, FingerprintsDifferWithAnyPart) {
  HttpRequest request;
  request.method = "POST";
  request.target = "/a";
  request.body = "b";
  const std::string base = request_fingerprint(request, "s");
  EXPECT_EQ(request_fingerprint(request, "s"), base);
  EXPECT_NE(request_fingerprint(request, "t"), base);
  HttpRequest other = request;
  other.target = "/ab";
  other.body = "";
  EXPECT_NE(request_fingerprint(other, "s"), base);
  other = request;
  other.headers["content-type"] = "x";
  EXPECT_NE(request_fingerprint(other, "s"), base);
}

TEST(Idempotency, TakesKeysOfVisibleAsciiOnly) {
  for (const std::string& bad : {std::string(), std::string("a b"), std::string("合"),
                                 std::string(129, 'k'), std::string("\n")})
    EXPECT_THROW(check_idempotency_key(bad), Error) << bad;
  EXPECT_NO_THROW(check_idempotency_key(std::string(128, 'k')));
}

TEST(Idempotency, StoredAnswersLeaveTheWriteSetOut) {
  HttpAnswer answer;
  answer.body = Bytes("{\"a\":1}");
  answer.writes.blobs = {"sha256:1"};
  const IdempotencyRecord record = idempotency_record({"scope", "key", "print"}, answer);
  const auto kept = from_json<HttpAnswer>(record.answer);
  EXPECT_EQ(kept.body.view(), "{\"a\":1}");
  EXPECT_TRUE(kept.writes.empty());
}

TEST(InFlight, LetsTheNextOneInWhenTheFirstLeaves) {
  InFlight table(4);
  const IdempotencyKey key{"scope", "key", ""};
  auto first = std::make_unique<InFlight::Turn>(table.enter(key, std::chrono::seconds(10)));
  bool entered = false;
  std::thread second([&] {
    const auto turn = table.enter(key, std::chrono::seconds(10));
    entered = true;
  });
  const auto other = table.enter({"scope", "other", ""}, std::chrono::seconds(10));
  first.reset();
  second.join();
  EXPECT_TRUE(entered);
}

TEST(InFlight, GivesUpWhenItTakesTooLongOrTooManyWait) {
  InFlight none(0), some(1);
  const IdempotencyKey key{"scope", "key", ""};
  const auto first = none.enter(key, std::chrono::seconds(10));
  EXPECT_THROW(none.enter(key, std::chrono::seconds(10)), Error);
  const auto second = some.enter(key, std::chrono::seconds(10));
  EXPECT_THROW(some.enter(key, std::chrono::milliseconds(1)), Error);
}

TEST(InstallationSecret, IsMadeOnceAndKept) {
  const auto folder =
      std::filesystem::temp_directory_path() / ("cinnabar_" + to_hex(random_bytes(8)));
  std::filesystem::create_directories(folder);
  const auto file = folder / "secret";
  const std::string secret = installation_secret(file);
  EXPECT_EQ(secret.size(), 32u);
  EXPECT_EQ(installation_secret(file), secret);
  EXPECT_EQ(std::filesystem::status(file).permissions() & std::filesystem::perms::others_all,
            std::filesystem::perms::none);
  std::ofstream(file) << "short";
  EXPECT_THROW(installation_secret(file), Error);
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace cinnabar::kernel
