#include "pin_method.hpp"

#include <cinnabar/testing/auth_method_suite.hpp>
#include <cinnabar/testing/fake_host.hpp>

#include <gtest/gtest.h>

namespace example {
namespace {

using namespace cinnabar;

class PinMethodTest : public ::testing::Test {
 protected:
  static EnrolRequest enrolment(const char* pin) {
    EnrolRequest request;
    request.answer = Json::object().set("pin", pin);
    return request;
  }
  // The code of the error that enrolling the PIN ends in.
  std::string refusal(const char* pin, const std::string& config = {}) {
    cinnabar::testing::LocalService<AuthMethod> service(method_, "ent_test", config);
    try {
      service->enrol(enrolment(pin));
      return "none";
    } catch (const Error& error) {
      return error.code();
    }
  }

  cinnabar::testing::FakeHost fake_;
  PinMethod method_{[this](std::size_t size) { return fake_.host().random(size); },
                    [this] { return fake_.host().now_ms(Clock::real); }};
};

TEST_F(PinMethodTest, KeepsTheContract) {
  cinnabar::testing::AuthMethodCase test{method_, enrolment("739251").answer, {}};
  test.right_answer = [](const Challenge&) { return Json::object().set("pin", "739251"); };
  test.wrong_answer = Json::object().set("pin", "739252");
  cinnabar::testing::check_auth_method(test);
}

TEST_F(PinMethodTest, RefusesWhatIsNoPin) {
  for (const char* pin : {"", "12345", "1234567890123", "12345a", "１２３４５６"})
    EXPECT_EQ(refusal(pin), "pin.too_short") << pin;
  for (const char* pin : {"111111", "123456", "987654"}) EXPECT_EQ(refusal(pin), "pin.too_simple");
}

TEST_F(PinMethodTest, TheEnterpriseDecidesHowLongAPinIs) {
  EXPECT_EQ(refusal("7392", R"({"digits_min":4})"), "none");
  EXPECT_EQ(refusal("739251", R"({"digits_min":8})"), "pin.too_short");
}

TEST_F(PinMethodTest, WithoutAPinNobodyBegins) {
  cinnabar::testing::LocalService<AuthMethod> service(method_);
  EXPECT_THROW(service->begin({}), Error);
}

}  // namespace
}  // namespace example
