#include "kernel/plugin/bindings.hpp"

#include <gtest/gtest.h>

namespace cinnabar::kernel {
namespace {

struct Ping {
  std::string text;
};
CINNABAR_DESCRIBE(Ping, text)

class Shape {
 public:
  using Interface = Shape;
  virtual ~Shape() = default;
  virtual Ping draw(const Ping& in, const Call&) { return in; }
};
CINNABAR_SERVICE(Shape, "test.shape/1", draw)

class Frames {
 public:
  using Interface = Frames;
  virtual ~Frames() = default;
  virtual Ping draw(const Ping& in, const Call&) { return in; }
};
CINNABAR_SERVICE(Frames, "test.frame/1", draw)

class BindingsTest : public ::testing::Test {
 protected:
  // Frames need a shape; there are one or two of them.
  void start(bool two_shapes) {
    add<Shape>("test.round", Scope::enterprise, "test.shape/1", "round");
    if (two_shapes) add<Shape>("test.square", Scope::enterprise, "test.shape/1", "square");
    add<Frames>("test.frames", Scope::installation, "test.frame/1", "frames", {"test.shape/1"});
    host_.load();
    host_.start();
  }
  template <class T>
  void add(const std::string& id, Scope scope, const std::string& interface,
           const std::string& name, std::vector<std::string> requirements = {}) {
    Manifest m;
    m.id = id;
    m.version = "1.0.0";
    m.scope = scope;
    m.provides = {{interface, name}};
    m.requires_ = std::move(requirements);
    m.folder = "/plugins/" + id;
    m.config = from_json<Json>(R"({"type":"object","properties":{"size":{"type":"integer"}}})");
    host_.add_builtin(std::move(m), builtin<T>([](Host&) { return std::make_unique<T>(); }));
  }
  // Answers every question with these rows.
  static QueryRows answering(std::vector<std::vector<Json>> rows) {
    return [=](std::string_view, const std::vector<Json>&) { return Rows{{}, rows}; };
  }
  template <class Work>
  std::string code(Work work) {
    try {
      work();
      return "none";
    } catch (const Error& error) {
      return error.code();
    }
  }

  SystemClocks clocks_;
  PluginHost host_{PluginSettings{}, clocks_};
};

TEST_F(BindingsTest, TheFirstChoiceIsInsertedAndChangesTheOwner) {
  const WriteSet writes = binding_writes(
      answering({}), {"ent_a", "test.shape/1", "round", false, std::nullopt, std::nullopt});
  ASSERT_EQ(writes.statements.size(), 1u);
  EXPECT_TRUE(writes.statements[0].sql.starts_with("INSERT INTO kernel_binding"));
  EXPECT_EQ(writes.statements[0].params,
            (std::vector<Json>{"ent_a", "test.shape/1", "round", false, 100, ""}));
  EXPECT_EQ(writes.statements[0].expect_rows, 1);
  EXPECT_EQ(writes.changed_owners, std::vector<std::string>{"ent_a"});
}

TEST_F(BindingsTest, ALaterChoiceKeepsWhatItDoesNotName) {
  const WriteSet writes =
      binding_writes(answering({{1, 7, R"({"size":3})"}}),
                     {"ent_a", "test.shape/1", "round", false, std::nullopt, std::nullopt});
  EXPECT_EQ(writes.statements[0].params,
            (std::vector<Json>{false, 7, R"({"size":3})", "ent_a", "test.shape/1", "round"}));
  EXPECT_EQ(writes.changed_owners, std::vector<std::string>{"ent_a"});
}

TEST_F(BindingsTest, ASwitchChangesTheInstallation) {
  const WriteSet writes =
      switch_writes(answering({}), {"test.round", std::nullopt, Json::object().set("size", 1)});
  EXPECT_EQ(writes.statements[0].params, (std::vector<Json>{"test.round", true, R"({"size":1})"}));
  EXPECT_EQ(writes.changed_owners, std::vector<std::string>{""});
}

TEST_F(BindingsTest, FindsBySortAndNameWhatAnEnterpriseMaySwitch) {
  start(true);
  EXPECT_EQ(find_switchable(host_, "ent_a", "shape", "round").manifest->id, "test.round");
  for (const auto& [kind, name] : std::vector<std::pair<const char*, const char*>>{
           {"shape", "oval"}, {"frame", "frames"}, {"test.shape/1", "round"}, {"", ""}})
    EXPECT_EQ(code([&] { find_switchable(host_, "ent_a", kind, name); }),
              "plugin.provider_not_found");
}

TEST_F(BindingsTest, OneOfSeveralIsDispensable) {
  start(true);
  const auto snapshot = host_.snapshot("");
  EXPECT_NO_THROW(
      check_dispensable(host_, *snapshot, find_switchable(host_, "e", "shape", "round")));
  EXPECT_NO_THROW(check_dispensable(host_, *snapshot, *host_.manifest("test.round")));
  EXPECT_NO_THROW(check_dispensable(host_, *snapshot, *host_.manifest("test.frames")));
}

TEST_F(BindingsTest, WhoNeedsTheLastOneIsNamed) {
  start(false);
  const auto snapshot = host_.snapshot("");
  for (const bool whole : {false, true}) try {
      if (whole)
        check_dispensable(host_, *snapshot, *host_.manifest("test.round"));
      else
        check_dispensable(host_, *snapshot, find_switchable(host_, "e", "shape", "round"));
      ADD_FAILURE();
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), "plugin.required");
      EXPECT_EQ(error.params().at(1).second, "test.frames");
    }
}

TEST_F(BindingsTest, TheKernelsOwnAreNotSwitched) {
  start(true);
  EXPECT_EQ(code([&] {
              check_dispensable(host_, *host_.snapshot(""),
                                *host_.manifest("cinnabar.kernel-plugins"));
            }),
            "plugin.required_by_kernel");
}

TEST_F(BindingsTest, WhatIsOffForTheInstallationCannotBeSwitchedOnForOne) {
  start(true);
  const Manifest& round = *host_.manifest("test.round");
  EXPECT_EQ(code([&] { check_admitted(answering({{0}}), round); }), "plugin.not_admitted");
  EXPECT_EQ(code([&] { check_admitted(answering({{1}}), round); }), "none");
  EXPECT_EQ(code([&] { check_admitted(answering({}), round); }), "none");
}

TEST_F(BindingsTest, AConfigurationIsCheckedAgainstTheManifest) {
  start(true);
  const Manifest& round = *host_.manifest("test.round");
  EXPECT_EQ(code([&] { check_config(round, Json::object().set("size", "x")); }),
            "plugin.config_invalid");
  EXPECT_EQ(code([&] { check_config(round, Json::object().set("size", 3)); }), "none");
}

}  // namespace
}  // namespace cinnabar::kernel
