#include "tokens.hpp"

#include <gtest/gtest.h>

namespace cinnabar::apikeys {
namespace {

using Form = std::map<std::string, std::string>;

std::string code(const std::string& authorization, const Form& form) {
  try {
    client_of(authorization, form);
    return {};
  } catch (const Error& error) {
    return error.code();
  }
}

TEST(Tokens, FormsAreReadStrictly) {
  EXPECT_EQ(form_of("a=1&b=x+y%20z"), (Form{{"a", "1"}, {"b", "x y z"}}));
  EXPECT_EQ(form_of(""), Form{});
  for (const char* bad : {"a", "a=1&a=2", "a=%2", "a=%zz", "a=%00", "a=%ff"})
    EXPECT_FALSE(form_of(bad)) << bad;
}

TEST(Tokens, AClientNamesItselfInHeaderOrForm) {
  const std::string basic = "Basic " + to_base64("key_1:se%2Bcret");
  EXPECT_EQ(client_of(basic, {}).secret, "se+cret");
  EXPECT_EQ(client_of("", {{"client_id", "key_1"}, {"client_secret", "s"}}).id, "key_1");
  EXPECT_EQ(code(basic, {{"client_id", "key_1"}, {"client_secret", "s"}}),
            "api_key.token_request_invalid");
  for (const std::string& bad : {std::string("Basic x"), "Basic " + to_base64("no colon"),
                                 std::string("Bearer x")})
    EXPECT_EQ(code(bad, {}), "api_key.client_invalid") << bad;
  EXPECT_EQ(code("", {}), "api_key.client_invalid");
}

}  // namespace
}  // namespace cinnabar::apikeys
