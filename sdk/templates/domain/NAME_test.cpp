// The plugin through its entry, as the kernel calls it, with its tables in memory.
#include "@ident@.hpp"

#include <cinnabar/testing/domain_world.hpp>

#include <gtest/gtest.h>

extern "C" const cinnabar_plugin* cinnabar_plugin_v1();

namespace @ident@_plugin {
namespace {

using namespace cinnabar;
using cinnabar::testing::as;

class @Class@Test : public ::testing::Test {
 protected:
  static Json note(const std::string& text) { return Json::object().set("text", text); }

  cinnabar::testing::DomainWorld world_{&cinnabar_plugin_v1, "@id@", __FILE__};
};

TEST_F(@Class@Test, WritesANoteAndAnEventInOneCommit) {
  const Json written = world_.call(as("per_a", "ent_a"), "@name@.write", {}, note("续约"));
  EXPECT_EQ(written["text"].text(), "续约");
  EXPECT_EQ(written["owner"].text(), "ent_a");
  ASSERT_EQ(world_.events.size(), 1u);
  EXPECT_EQ(world_.events[0].type, "@ident@.written");
  EXPECT_EQ(world_.events[0].aggregate, written["id"].text());
}

TEST_F(@Class@Test, AnOwnerSeesTheirOwnNotesOnly) {
  world_.call(as("per_a", "ent_a"), "@name@.write", {}, note("ours"));
  world_.call(as("per_a"), "@name@.write", {}, note("mine"));
  const Json ours = world_.call(as("per_b", "ent_a"), "@name@.list");
  ASSERT_EQ(ours["notes"].items().size(), 1u);
  EXPECT_EQ(ours["notes"].items()[0]["text"].text(), "ours");
  EXPECT_TRUE(world_.call(as("per_c"), "@name@.list")["notes"].items().empty());
}

TEST_F(@Class@Test, RefusesWhatTheDescriptionDoesNotAllow) {
  EXPECT_NE(world_.refusal(as("per_a"), "@name@.write", {}, note("")), "");
  EXPECT_NE(world_.refusal(as("per_a"), "@name@.write", {}, Json::object()), "");
  EXPECT_NE(world_.refusal(as("per_a"), "@name@.write", {}, note("x").set("colour", "red")), "");
  EXPECT_TRUE(world_.events.empty());
}

TEST_F(@Class@Test, AnOwnerHasOnlySoMany) {
  for (std::int64_t i = 0; i < @Class@::kNotesMax; ++i)
    world_.call(as("per_a"), "@name@.write", {}, note("one more"));
  EXPECT_EQ(world_.refusal(as("per_a"), "@name@.write", {}, note("too many")),
            "@ident@.too_many");
  EXPECT_EQ(world_.refusal(as("per_b"), "@name@.write", {}, note("somebody else's")), "");
}

}  // namespace
}  // namespace @ident@_plugin
