#include "code_method.hpp"

#include <cinnabar/testing/auth_method_suite.hpp>

#include <gtest/gtest.h>

#include <random>
#include <set>

namespace cinnabar {
namespace {

std::string random_bytes(std::size_t size) {
  static std::mt19937 source(7);
  std::string out(size, '\0');
  for (char& c : out) c = static_cast<char>(source());
  return out;
}

std::int64_t clock_now = 1'750'000'000'000;
std::int64_t clock_ms() { return clock_now; }

std::string code_in(const Challenge& challenge) {
  const std::string& text = challenge.delivery->text;
  return text.substr(text.find_first_of("0123456789"), 6);
}

TEST(CodeMethod, KeepsTheContract) {
  CodeMethod method(random_bytes, clock_ms);
  testing::AuthMethodCase test{method, {}, {}};
  test.right_answer = [](const Challenge& c) { return Json::object().set("code", code_in(c)); };
  testing::check_auth_method(test);
}

TEST(CodeMethod, GivesSixDigitsThreeTriesAndFiveMinutes) {
  CodeMethod method(random_bytes, clock_ms);
  const testing::LocalService<AuthMethod> service(method);
  BeginRequest request;
  request.signer.mobile = "13800138000";
  std::set<std::string> codes;
  for (int i = 0; i < 200; ++i) {
    const Challenge challenge = service->begin(request);
    const std::string code = code_in(challenge);
    EXPECT_EQ(code.find_first_not_of("0123456789"), std::string::npos) << code;
    EXPECT_EQ(challenge.tries, 3);
    EXPECT_EQ(challenge.expires_in_s, 300);
    codes.insert(code);
  }
  EXPECT_GT(codes.size(), 195u);
}

TEST(CodeMethod, KeepsLeadingZerosAndDrawsAgainWhatWouldBeUneven) {
  int draws = 0;
  CodeMethod method([&](std::size_t size) {
    if (size != 4) return std::string(size, 's');
    return ++draws == 1 ? std::string("\xff\xff\xff\xff") : std::string("\0\0\0\x07", 4);
  }, clock_ms);
  const testing::LocalService<AuthMethod> service(method);
  BeginRequest request;
  request.signer.mobile = "13800138000";
  EXPECT_EQ(code_in(service->begin(request)), "000007");
  EXPECT_EQ(draws, 2);
}

TEST(CodeMethod, TheCodeOfOnePersonIsWrongForAnother) {
  CodeMethod method(random_bytes, clock_ms);
  const testing::LocalService<AuthMethod> service(method);
  const Signer one{"per_one", "李雪", "13800138000", {}, {}};
  const Signer other{"per_other", "李雪", "13800138000", {}, {}};
  const Challenge challenge = service->begin({one, "con", "digest", {}, "zh"});
  const Json answer = Json::object().set("code", code_in(challenge));
  EXPECT_TRUE(service->verify({one, "con", "digest", challenge.state, {}, answer}).accepted);
  EXPECT_FALSE(service->verify({other, "con", "digest", challenge.state, {}, answer}).accepted);
}

TEST(CodeMethod, ACodeIsGoodForFiveMinutes) {
  CodeMethod method(random_bytes, clock_ms);
  const testing::LocalService<AuthMethod> service(method);
  const Signer signer{"per_one", "李雪", "13800138000", {}, {}};
  const Challenge challenge = service->begin({signer, "con", "digest", {}, "zh"});
  const Json answer = Json::object().set("code", code_in(challenge));
  const auto verdict = [&] {
    return service->verify({signer, "con", "digest", challenge.state, {}, answer});
  };
  clock_now += 300'000;
  EXPECT_TRUE(verdict().accepted);
  clock_now += 1;
  EXPECT_EQ(verdict().reason, "expired");
}

TEST(CodeMethod, NeedsANumber) {
  CodeMethod method(random_bytes, clock_ms);
  const testing::LocalService<AuthMethod> service(method);
  EXPECT_THROW(service->begin({}), Error);
  EXPECT_THROW(service->enrol({{}, Json::object()}), Error);
}

}  // namespace
}  // namespace cinnabar
