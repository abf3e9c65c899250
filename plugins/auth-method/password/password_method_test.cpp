#include "password_method.hpp"

#include <cinnabar/testing/auth_method_suite.hpp>

#include <gtest/gtest.h>

namespace cinnabar {
namespace {

std::string counted(std::size_t size) {
  static char next = 0;
  return std::string(size, ++next);
}

std::int64_t clock_now = 1'750'000'000'000;
std::int64_t clock_ms() { return clock_now; }

TEST(PasswordMethod, KeepsTheContract) {
  PasswordMethod method(counted, clock_ms);
  testing::AuthMethodCase test{method, {}, {}};
  test.enrolment = Json::object().set("password", "246810");
  test.wrong_answer = Json::object().set("password", "246811");
  test.right_answer = [](const Challenge&) { return Json::object().set("password", "246810"); };
  testing::check_auth_method(test);
}

TEST(PasswordMethod, TakesSixDigitsOnly) {
  for (const char* bad : {"", "12345", "1234567", "12345a", " 23456", "１２３４５６"})
    EXPECT_NE(password_fault(bad, {}), "") << bad;
  for (const char* good : {"246810", "000000", "123456"}) EXPECT_EQ(password_fault(good, {}), "");
}

TEST(PasswordMethod, RefusesSimplePasswordsWhereConfigured) {
  for (const char* simple : {"000000", "123456", "987654"})
    EXPECT_NE(password_fault(simple, {true}), "") << simple;
  EXPECT_EQ(password_fault("112233", {true}), "");
}

TEST(PasswordMethod, ReadsItsConfigurationFromTheCall) {
  PasswordMethod method(counted, clock_ms);
  const testing::LocalService<AuthMethod> strict(method, "ent_test", R"({"refuse_simple":true})");
  const Json simple = Json::object().set("password", "123456");
  EXPECT_THROW(strict->enrol({{}, simple}), Error);
  const testing::LocalService<AuthMethod> lax(method);
  EXPECT_NO_THROW(lax->enrol({{}, simple}));
}

TEST(PasswordMethod, AChallengeIsGoodForFiveMinutes) {
  PasswordMethod method(counted, clock_ms);
  const testing::LocalService<AuthMethod> service(method);
  const Json answer = Json::object().set("password", "246810");
  const Json credentials = service->enrol({{}, answer}).credentials;
  const Challenge challenge = service->begin({{}, "con", "digest", credentials, "zh"});
  clock_now += 300'001;
  EXPECT_EQ(service->verify({{}, "con", "digest", challenge.state, credentials, answer}).reason,
            "expired");
}

TEST(PasswordMethod, AsksForEnrolmentFirst) {
  PasswordMethod method(counted, clock_ms);
  const testing::LocalService<AuthMethod> service(method);
  try {
    service->begin({});
    FAIL() << "a challenge for nobody";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "auth.not_enrolled");
  }
}

TEST(PasswordMethod, SaltsEachEnrolment) {
  PasswordMethod method(counted, clock_ms);
  const testing::LocalService<AuthMethod> service(method);
  const Json answer = Json::object().set("password", "246810");
  EXPECT_NE(to_json(service->enrol({{}, answer}).credentials),
            to_json(service->enrol({{}, answer}).credentials));
}

}  // namespace
}  // namespace cinnabar
