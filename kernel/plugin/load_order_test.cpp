#include <cinnabar/package/load_order.hpp>

#include <gtest/gtest.h>

#include <memory>

namespace cinnabar::kernel {
namespace {

class LoadOrderTest : public ::testing::Test {
 protected:
  Manifest& add(const std::string& id, std::vector<std::string> provides = {},
                std::vector<std::string> requirements = {}) {
    Manifest& m = *all_.emplace_back(std::make_unique<Manifest>());
    m.id = id;
    m.folder = "/plugins/" + id;
    for (auto& interface : provides) m.provides.push_back({interface, id});
    m.requires_ = std::move(requirements);
    return m;
  }
  void run(const std::vector<std::string>& given = {}) {
    std::vector<const Manifest*> manifests;
    for (const auto& m : all_) manifests.push_back(m.get());
    result_ = load_order(manifests, given);
  }
  std::string order() const {
    std::string text;
    for (const Manifest* m : result_.order) text += (text.empty() ? "" : " ") + m->id;
    return text;
  }
  std::string refusal(const std::string& id) const {
    for (const auto& refused : result_.refused)
      if (refused.manifest->id == id) return refused.reason;
    return {};
  }

  std::vector<std::unique_ptr<Manifest>> all_;
  LoadOrder result_;
};

TEST_F(LoadOrderTest, EachComesAfterEverythingItRequires) {
  add("a", {"x.a/1"}, {"x.b/1"});
  add("b", {"x.b/1"}, {"x.c/1"});
  add("c1", {"x.c/1"});
  add("c2", {"x.c/1"});
  run();
  EXPECT_EQ(order(), "c1 c2 b a");
  EXPECT_TRUE(result_.refused.empty());
}

TEST_F(LoadOrderTest, RequiringWhatOneProvidesOneselfIsNoCycle) {
  add("a", {"x.a/1"}, {"x.a/1"});
  run();
  EXPECT_EQ(order(), "a");
}

TEST_F(LoadOrderTest, AMissingRequirementRefusesAndSoOn) {
  add("a", {"x.a/1"}, {"x.b/1"});
  add("b", {"x.b/1"}, {"x.nobody/1"});
  add("c", {"x.c/1"});
  run();
  EXPECT_EQ(order(), "c");
  EXPECT_EQ(refusal("b"), "requires x.nobody/1, which no usable plugin provides");
  EXPECT_EQ(refusal("a"), "requires x.b/1, which no usable plugin provides");
}

TEST_F(LoadOrderTest, WhatIsGivenNeedsNoPlugin) {
  add("a", {"x.a/1"}, {"x.given/1"});
  run({"x.given/1"});
  EXPECT_EQ(order(), "a");
}

TEST_F(LoadOrderTest, ACycleIsNamedWithItsPathAndTheRestGoesOn) {
  add("a", {"x.a/1"}, {"x.b/1"});
  add("b", {"x.b/1"}, {"x.c/1"});
  add("c", {"x.c/1"}, {"x.a/1"});
  add("d", {"x.d/1"}, {"x.a/1"});
  add("e", {"x.e/1"});
  run();
  EXPECT_EQ(order(), "e");
  EXPECT_EQ(refusal("a"),
            "is part of a cycle of requirements: a requires x.b/1 of b requires x.c/1 of c "
            "requires x.a/1 of a");
  EXPECT_EQ(refusal("b"), refusal("a"));
  EXPECT_EQ(refusal("d"), "requires x.a/1, which no usable plugin provides");
}

TEST_F(LoadOrderTest, OfTwoWithOneIdTheFirstStays) {
  add("a", {"x.a/1"});
  Manifest& second = add("a", {"x.b/1"});
  second.folder = "/elsewhere";
  run();
  EXPECT_EQ(order(), "a");
  EXPECT_EQ(refusal("a"), "the same id was found already in /plugins/a");
}

TEST_F(LoadOrderTest, OfTwoUnderOneNameTheFirstStays) {
  add("a").provides = {{"x.a/1", "same"}};
  add("b").provides = {{"x.a/1", "same"}};
  run();
  EXPECT_EQ(order(), "a");
  EXPECT_EQ(refusal("b"), "provides x.a/1 \"same\", which a provides already");
}

TEST_F(LoadOrderTest, TablesMustNotOverlap) {
  add("a").table_prefix = "seal_";
  add("b").table_prefix = "seal_round_";
  add("c").table_prefix = "sealing_";
  run();
  EXPECT_EQ(order(), "a c");
  EXPECT_EQ(refusal("b"), "its tables (seal_round_*) overlap with those of a (seal_*)");
}

}  // namespace
}  // namespace cinnabar::kernel
