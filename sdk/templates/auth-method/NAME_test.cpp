#include "@ident@.hpp"

#include <cinnabar/testing/auth_method_suite.hpp>
#include <cinnabar/testing/fake_host.hpp>

#include <gtest/gtest.h>

namespace @ident@_plugin {
namespace {

using namespace cinnabar;
using cinnabar::testing::LocalService;

// The code in the delivered text: its digits before the minutes.
std::string code_in(const Challenge& challenge) {
  const std::string& text = challenge.delivery->text;
  const std::size_t from = text.find_first_of("0123456789", std::string("@title@").size());
  return text.substr(from, text.find_first_not_of("0123456789", from) - from);
}

class @Class@Test : public ::testing::Test {
 protected:
  BeginRequest request() const {
    return {{"per_a", "李雪", "13800138000", "", ""}, "con_a", std::string(64, 'a'), {}, "zh"};
  }
  VerifyAnswerRequest answer(const Challenge& challenge, const std::string& code) const {
    const BeginRequest in = request();
    return {in.signer, in.contract_id, in.shown_digest, challenge.state, {},
            Json::object().set("code", code)};
  }

  cinnabar::testing::FakeHost fake_;
  @Class@ method_{fake_.host()};
};

// What every method owes the platform: the suite of the SDK.
TEST_F(@Class@Test, KeepsTheContract) {
  cinnabar::testing::AuthMethodCase test{method_, {}, {}};
  test.right_answer = [](const Challenge& c) { return Json::object().set("code", code_in(c)); };
  cinnabar::testing::check_auth_method(test);
}

TEST_F(@Class@Test, TheEnterpriseDecidesHowLongACodeIsAndHowLongItIsGood) {
  const LocalService<AuthMethod> service(method_, "ent_a", R"({"digits":8,"expires_in_s":60})");
  const Challenge challenge = service->begin(request());
  EXPECT_EQ(code_in(challenge).size(), 8u);
  EXPECT_EQ(challenge.expires_in_s, 60);
}

TEST_F(@Class@Test, ACodeThatIsTooOldIsRefused) {
  const LocalService<AuthMethod> service(method_);
  const Challenge challenge = service->begin(request());
  const std::string code = code_in(challenge);
  fake_.advance_ms(299'000);
  EXPECT_TRUE(service->verify(answer(challenge, code)).accepted);
  fake_.advance_ms(2'000);
  EXPECT_EQ(service->verify(answer(challenge, code)).reason, "expired");
}

TEST_F(@Class@Test, WithoutANumberThereIsNoCode) {
  const LocalService<AuthMethod> service(method_);
  BeginRequest nobody = request();
  nobody.signer.mobile.clear();
  try {
    service->begin(nobody);
    FAIL() << "a code for nobody";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "@ident@.no_mobile");
  }
}

}  // namespace
}  // namespace @ident@_plugin
