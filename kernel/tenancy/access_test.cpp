#include "kernel/tenancy/access.hpp"

#include "kernel/api/fakes.hpp"
#include "kernel/base/ids.hpp"

#include <gtest/gtest.h>

namespace cinnabar::kernel {
namespace {

class AccessTest : public ::testing::Test {
 protected:
  AccessTest() : db_(database_.table()), access_(db_, clocks_, {"per_op"}) {
    session("t-ming", "per_ming", "ent_red");
    session("t-op", "per_op", "");
    grant("ent_red", "per_ming", "member", "ent_red");
    grant("ent_red", "per_op", "guest", "ent_red");
    grant("con_1", "ent_red", "party", "ent_blue");
    grant("con_2", "per_ming", "party", "ent_blue");
  }
  void session(std::string_view token, std::string person, std::string acting_for) {
    database_.add("kernel_session", {{"token_sha256", sha256_hex(token)},
                                     {"person", std::move(person)},
                                     {"acting_for", std::move(acting_for)},
                                     {"expires", clocks_.real_ms() + 1'000}});
  }
  void grant(std::string object, std::string grantee, std::string role, std::string owner) {
    database_.add("kernel_grant", {{"object", std::move(object)},
                                   {"grantee", std::move(grantee)},
                                   {"role", std::move(role)},
                                   {"owner", std::move(owner)}});
  }
  std::string refused(const std::function<void()>& act) {
    try {
      act();
    } catch (const Error& error) {
      return error.code();
    }
    return {};
  }
  RouteInfo on_object(std::vector<std::string> roles = {}) {
    RouteInfo route;
    route.object = "id";
    route.roles = std::move(roles);
    return route;
  }

  FakeDatabase database_;
  Db db_;
  ManualClocks clocks_;
  Access access_;
};

TEST_F(AccessTest, KnowsWhoATokenStandsFor) {
  const SubjectInfo ming = access_.authenticate("t-ming", "");
  EXPECT_EQ(ming.person, "per_ming");
  EXPECT_EQ(ming.acting_for, "ent_red");
  EXPECT_EQ(ming.owner(), "ent_red");
  EXPECT_FALSE(ming.is_operator);
  EXPECT_EQ(access_.authenticate("t-ming", "personal").owner(), "per_ming");
  EXPECT_TRUE(access_.authenticate("t-op", "").is_operator);
}

TEST_F(AccessTest, RefusesUnknownExpiredAndOversizedTokens) {
  for (const std::string& token :
       {std::string(), std::string("other"), std::string(1000, 'x'), sha256_hex("t-ming")})
    EXPECT_EQ(refused([&] { access_.authenticate(token, ""); }), "auth.session_invalid");
  clocks_.advance(1'000);
  EXPECT_EQ(refused([&] { access_.authenticate("t-ming", ""); }), "auth.session_invalid");
}

TEST_F(AccessTest, LetsOnlyMembersActForAnEnterprise) {
  EXPECT_EQ(refused([&] { access_.authenticate("t-ming", "ent_blue"); }), "auth.not_member");
  EXPECT_EQ(refused([&] { access_.authenticate("t-op", "ent_red"); }), "auth.not_member");
  // Whoever left the enterprise does not act for it with an old session either.
  database_.remove("kernel_grant");
  EXPECT_EQ(refused([&] { access_.authenticate("t-ming", ""); }), "auth.not_member");
}

TEST_F(AccessTest, CountsRolesOfTheTenantActedFor) {
  const SubjectInfo red = access_.authenticate("t-ming", "");
  const SubjectInfo self = access_.authenticate("t-ming", "personal");
  const ObjectInfo object = access_.authorise(red, on_object({"owner", "party"}), "con_1");
  EXPECT_EQ(object.owner, "ent_blue");
  EXPECT_EQ(object.roles, std::vector<std::string>{"party"});
  EXPECT_EQ(refused([&] { access_.authorise(self, on_object(), "con_1"); }), "object.not_found");
  EXPECT_EQ(refused([&] { access_.authorise(red, on_object(), "con_2"); }), "object.not_found");
  EXPECT_NO_THROW(access_.authorise(self, on_object(), "con_2"));
}

TEST_F(AccessTest, CountsMembershipOfThePerson) {
  const SubjectInfo self = access_.authenticate("t-ming", "personal");
  EXPECT_NO_THROW(access_.authorise(self, on_object({"member"}), "ent_red"));
  EXPECT_EQ(refused([&] { access_.authorise(self, on_object({"admin"}), "ent_red"); }),
            "auth.role_missing");
}

TEST_F(AccessTest, TellsUnknownAndForbiddenObjectsNotApart) {
  const SubjectInfo self = access_.authenticate("t-op", "");
  EXPECT_EQ(refused([&] { access_.authorise(self, on_object(), "con_1"); }), "object.not_found");
  EXPECT_EQ(refused([&] { access_.authorise(self, on_object(), "con_9"); }), "object.not_found");
}

TEST_F(AccessTest, KeepsOperatorRoutesToOperators) {
  RouteInfo route;
  route.operator_only = true;
  EXPECT_EQ(refused([&] { access_.authorise(access_.authenticate("t-ming", ""), route, ""); }),
            "auth.operator_only");
  EXPECT_NO_THROW(access_.authorise(access_.authenticate("t-op", ""), route, ""));
}

}  // namespace
}  // namespace cinnabar::kernel
