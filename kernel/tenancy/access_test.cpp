#include "kernel/tenancy/access.hpp"

#include "kernel/api/fakes.hpp"
#include "kernel/base/ids.hpp"

#include <gtest/gtest.h>

namespace cinnabar::kernel {
namespace {

// ent_red: Ming sees everything, Head their department and below, Busy their own, Idle has no role.
class AccessTest : public ::testing::Test {
 protected:
  AccessTest()
      : db_(database_.table()),
        registry_(domain_),
        context_(std::make_unique<CallContext>(registry_, clocks_, 0)),
        access_(db_, clocks_, {"per_op"}, standings_.read()) {
    standings_.of("ent_red").departments = {{"dep_all", ""}, {"dep_east", "dep_all"},
                                            {"dep_sea", "dep_east"}, {"dep_west", "dep_all"}};
    standings_.add("ent_red", "per_ming", {"thing.view", "role.manage"}, "dep_all");
    standings_.add("ent_red", "per_head", {"thing.view/department"}, "dep_east");
    standings_.add("ent_red", "per_busy", {"thing.view/own"}, "dep_east");
    standings_.add("ent_red", "per_idle", {}, "dep_west");
    for (const char* person : {"per_ming", "per_head", "per_busy", "per_idle"})
      session(person, person, "ent_red");
    session("per_op", "per_op", "");
    grant("con_1", "ent_red", "party", "ent_blue", "per_busy", "dep_sea");
    grant("con_2", "per_ming", "party", "ent_blue", "", "");
    grant("con_3", "ent_red", "owner", "ent_red", "per_gone", "dep_west");
  }
  void session(std::string_view token, std::string person, std::string acting_for) {
    database_.add("kernel_session", {{"token_sha256", sha256_hex(token)},
                                     {"person", std::move(person)},
                                     {"acting_for", std::move(acting_for)},
                                     {"expires", clocks_.real_ms() + 1'000}});
  }
  void grant(std::string object, std::string grantee, std::string role, std::string owner,
             std::string handler, std::string department) {
    database_.add("kernel_reach", {{"object", std::move(object)},
                                   {"grantee", std::move(grantee)},
                                   {"role", std::move(role)},
                                   {"owner", std::move(owner)},
                                   {"handler", std::move(handler)},
                                   {"department", std::move(department)}});
  }
  static std::string refused(const std::function<void()>& act) {
    try {
      act();
    } catch (const Error& error) {
      return error.code();
    }
    return {};
  }
  SubjectInfo subject(std::string_view token, std::string_view acting_for = {}) {
    return access_.authenticate(token, acting_for, *context_);
  }
  Authority authorise(std::string_view token, const RouteInfo& route,
                      const std::string& object = {}, std::string_view acting_for = {}) {
    return access_.authorise(subject(token, acting_for), route,
                             {{"id", object}, {"enterprise", object}}, *context_);
  }
  std::string refusal(std::string_view token, const RouteInfo& route,
                      const std::string& object = {}, std::string_view acting_for = {}) {
    return refused([&] { authorise(token, route, object, acting_for); });
  }
  static RouteInfo on_object(std::vector<std::string> roles = {}, bool handler = false) {
    RouteInfo route;
    route.object = "id";
    route.permission = "thing.view";
    route.handler = handler;
    route.roles = std::move(roles);
    return route;
  }
  static RouteInfo of_enterprise(std::string permission = {}) {
    RouteInfo route;
    route.enterprise = "enterprise";
    route.permission = std::move(permission);
    return route;
  }
  void next_request() { context_ = std::make_unique<CallContext>(registry_, clocks_, 0); }

  FakeDatabase database_;
  Db db_;
  ManualClocks clocks_;
  FakeDomain domain_;
  FakeRegistry registry_;
  FakeStandings standings_;
  std::unique_ptr<CallContext> context_;
  Access access_;
};

TEST_F(AccessTest, KnowsWhoATokenStandsFor) {
  const SubjectInfo ming = subject("per_ming");
  EXPECT_EQ(ming.person, "per_ming");
  EXPECT_EQ(ming.acting_for, "ent_red");
  EXPECT_EQ(ming.owner(), "ent_red");
  EXPECT_FALSE(ming.is_operator);
  EXPECT_EQ(subject("per_ming", "personal").owner(), "per_ming");
  EXPECT_TRUE(subject("per_op").is_operator);
}

TEST_F(AccessTest, RefusesUnknownExpiredAndOversizedTokens) {
  for (const std::string& token :
       {std::string(), std::string("other"), std::string(1000, 'x'), sha256_hex("per_ming")})
    EXPECT_EQ(refused([&] { subject(token); }), "auth.session_invalid");
  clocks_.advance(1'000);
  EXPECT_EQ(refused([&] { subject("per_ming"); }), "auth.session_invalid");
}

TEST_F(AccessTest, LetsOnlyMembersActForAnEnterprise) {
  EXPECT_EQ(refused([&] { subject("per_ming", "ent_blue"); }), "auth.not_member");
  EXPECT_EQ(refused([&] { subject("per_op", "ent_red"); }), "auth.not_member");
  // Whoever left the enterprise does not act for it with an old session either.
  standings_.of("ent_red").members.erase(standings_.of("ent_red").members.begin());
  registry_.epoch = 2;
  next_request();
  EXPECT_EQ(refused([&] { subject("per_ming"); }), "auth.not_member");
}

TEST_F(AccessTest, ReachesObjectsAsFarAsThePermissionGoes) {
  for (const char* who : {"per_ming", "per_head", "per_busy"})
    EXPECT_EQ(authorise(who, on_object(), "con_1").object.roles,
              std::vector<std::string>{"party"}) << who;
  EXPECT_EQ(refusal("per_ming", on_object(), "con_3"), "");
  EXPECT_EQ(refusal("per_head", on_object(), "con_3"), "object.not_found");
  EXPECT_EQ(refusal("per_busy", on_object(), "con_3"), "object.not_found");
  EXPECT_EQ(refusal("per_idle", on_object(), "con_3"), "auth.permission_missing");
  const ReachInfo head = authorise("per_head", on_object(), "con_1").reach;
  EXPECT_EQ(head.scope, "department");
  EXPECT_EQ(head.departments, (std::vector<std::string>{"dep_east", "dep_sea"}));
}

TEST_F(AccessTest, OneAlwaysReachesWhatOneHandles) {
  grant("con_4", "ent_red", "party", "ent_blue", "per_idle", "dep_west");
  EXPECT_EQ(refusal("per_idle", on_object(), "con_4"), "auth.permission_missing");
  EXPECT_EQ(refusal("per_idle", on_object({}, true), "con_4"), "");
  EXPECT_EQ(refusal("per_idle", on_object({}, true), "con_1"), "object.not_found");
  EXPECT_EQ(authorise("per_idle", on_object({}, true), "con_4").reach.scope, "own");
}

TEST_F(AccessTest, CountsRolesOfTheTenantActedFor) {
  const ObjectInfo object = authorise("per_ming", on_object({"owner", "party"}), "con_1").object;
  EXPECT_EQ(object.owner, "ent_blue");
  EXPECT_EQ(refusal("per_ming", on_object({"owner"}), "con_1"), "auth.role_missing");
  EXPECT_EQ(refusal("per_ming", on_object(), "con_1", "personal"), "object.not_found");
  EXPECT_EQ(refusal("per_ming", on_object(), "con_2"), "object.not_found");
  EXPECT_EQ(refusal("per_ming", on_object(), "con_2", "personal"), "");
}

TEST_F(AccessTest, AsksForThePermissionInTheEnterpriseThatThePathNames) {
  EXPECT_EQ(refusal("per_idle", of_enterprise(), "ent_red"), "");
  EXPECT_EQ(refusal("per_ming", of_enterprise("role.manage"), "ent_red", "personal"), "");
  EXPECT_EQ(refusal("per_idle", of_enterprise("role.manage"), "ent_red"),
            "auth.permission_missing");
  EXPECT_EQ(refusal("per_ming", of_enterprise("role.manage"), "ent_blue"), "object.not_found");
  EXPECT_EQ(refusal("per_op", of_enterprise(), "ent_red"), "object.not_found");
}

TEST_F(AccessTest, APermissionWithoutAnObjectIsThatOfTheEnterpriseActedFor) {
  RouteInfo route;
  route.permission = "role.manage";
  EXPECT_EQ(refusal("per_ming", route), "");
  EXPECT_EQ(refusal("per_busy", route), "auth.permission_missing");
  EXPECT_EQ(refusal("per_busy", route, {}, "personal"), "");  // one's own affairs
}

TEST_F(AccessTest, AChangeOfRolesHoldsFromTheNextRequestOn) {
  RouteInfo route;
  route.permission = "role.manage";
  EXPECT_EQ(refusal("per_ming", route), "");
  const int reads = standings_.reads;
  EXPECT_EQ(refusal("per_busy", route), "auth.permission_missing");
  EXPECT_EQ(standings_.reads, reads);  // nothing changed: nothing is read
  standings_.of("ent_red").roles[0].rights.clear();
  EXPECT_EQ(refusal("per_ming", route), "");  // this request began before
  registry_.epoch = 2;
  next_request();
  EXPECT_EQ(refusal("per_ming", route), "auth.permission_missing");
}

TEST_F(AccessTest, TellsUnknownAndForbiddenObjectsNotApart) {
  EXPECT_EQ(refusal("per_op", on_object(), "con_1"), "object.not_found");
  EXPECT_EQ(refusal("per_op", on_object(), "con_9"), "object.not_found");
}

TEST_F(AccessTest, KeepsOperatorRoutesToOperators) {
  RouteInfo route;
  route.operator_only = true;
  EXPECT_EQ(refusal("per_ming", route), "auth.operator_only");
  EXPECT_EQ(refusal("per_op", route), "");
}

}  // namespace
}  // namespace cinnabar::kernel
