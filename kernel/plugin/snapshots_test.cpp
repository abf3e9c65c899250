#include "kernel/plugin/snapshots.hpp"

#include <cinnabar/tables.hpp>

#include <gtest/gtest.h>

#include <map>

namespace cinnabar::kernel {
namespace {

// A database driver that answers the three questions of the snapshots from lists.
class FakeDatabase final : public Database {
 public:
  void query(std::string_view sql, const cinnabar_value* params, std::size_t,
             const cinnabar_rows& rows) override {
    ++queries[std::string(sql.substr(sql.find("kernel_"), 14))];
    const std::string owner = params ? std::string(view(params[0].bytes)) : std::string();
    if (sql.find("kernel_epoch") != sql.npos) {
      for (const auto& [who, epoch] : epochs)
        if (who.empty() || who == owner) row(rows, {Json(who), Json(epoch)});
    } else if (sql.find("kernel_plugin") != sql.npos) {
      for (const auto& r : switches) row(rows, r);
    } else {
      for (const auto& r : choices)
        if (r[0].text() == owner) row(rows, {r.begin() + 1, r.end()});
    }
  }
  void commit(const cinnabar_transaction*, std::size_t, cinnabar_outcome*) override {}
  void script(std::string_view) override {}

  std::map<std::string, int> queries;
  std::map<std::string, std::int64_t> epochs;
  std::vector<std::vector<Json>> switches;  // plugin, enabled, config
  std::vector<std::vector<Json>> choices;   // owner, interface, name, enabled, position, config

 private:
  static void row(const cinnabar_rows& rows, const std::vector<Json>& cells) {
    std::vector<cinnabar_value> values;
    for (const Json& cell : cells) values.push_back(detail::value_of(cell));
    rows.row(rows.self, values.data(), values.size());
  }
};

constexpr const char* kSealType = "cinnabar.seal-type/1";

class SnapshotsTest : public ::testing::Test {
 protected:
  SnapshotsTest() : table_(detail::export_table(static_cast<Database*>(&database_))), db_(&table_) {
    add("cinnabar.seal", Scope::installation, "cinnabar.domain/1", "seal");
    add("cinnabar.seal-name", Scope::enterprise, kSealType, "name");
    add("cinnabar.seal-round", Scope::enterprise, kSealType, "round").enabled = true;
    add("com.example.star", Scope::enterprise, kSealType, "star").enabled = false;
    publish();
    snapshots_.attach(&db_);
  }

  Manifest& add(const std::string& id, Scope scope, const std::string& interface,
                const std::string& name) {
    Manifest& m = *manifests_.emplace_back(std::make_unique<Manifest>());
    m.id = id;
    m.scope = scope;
    m.provides = {{interface, name}};
    auto& p = *providers_.emplace_back(std::make_unique<Provider>());
    p = {interface, name, &m, &m, scope == Scope::enterprise};
    return m;
  }
  void publish() {
    auto generation = std::make_shared<Generation>();
    generation->number = generations_++;
    auto& plugins = generation->plugins;
    for (std::size_t i = 0; i < manifests_.size(); ++i) {
      plugins.push_back({manifests_[i].get(), {providers_[i].get()}, {}});
      if (manifests_[i]->id == "cinnabar.seal-round")
        plugins.back().config = Json::object().set("color", "red").set("size", 42);
    }
    snapshots_.set(std::move(generation));
  }
  std::shared_ptr<const Snapshot> get(const std::string& owner) {
    return snapshots_.get(owner, snapshots_.generation());
  }
  void choose(const std::string& owner, const std::string& name, bool enabled, int position = 100,
              const std::string& config = {}) {
    database_.choices.push_back({owner, kSealType, name, enabled, position, config});
    ++database_.epochs[owner];
  }
  std::string names(const std::string& owner) {
    std::string text;
    for (const auto& name : get(owner)->names(kSealType)) text += (text.empty() ? "" : " ") + name;
    return text;
  }

  FakeDatabase database_;
  std::int64_t generations_ = 0;
  cinnabar_database table_;
  Db db_;
  std::vector<std::unique_ptr<Manifest>> manifests_;
  std::vector<std::unique_ptr<Provider>> providers_;
  Snapshots snapshots_;
};

TEST_F(SnapshotsTest, WithoutChoicesEverythingThatIsEnabledByDefaultIsBound) {
  EXPECT_EQ(names("ent_a"), "name round");
  EXPECT_TRUE(get("ent_a")->find(kSealType, "round"));
  EXPECT_FALSE(get("ent_a")->find(kSealType, "star"));
  EXPECT_FALSE(get("ent_a")->find("cinnabar.nothing/1", ""));
}

TEST_F(SnapshotsTest, OneEnterprisesChoiceLeavesTheOthersAlone) {
  choose("ent_a", "round", false);
  choose("ent_b", "star", true);
  EXPECT_EQ(names("ent_a"), "name");
  EXPECT_EQ(names("ent_b"), "name round star");
  EXPECT_EQ(names("ent_c"), "name round");
  EXPECT_FALSE(get("ent_a")->plugin_enabled("cinnabar.seal-round"));
  EXPECT_TRUE(get("ent_c")->plugin_enabled("cinnabar.seal-round"));
}

TEST_F(SnapshotsTest, AChangeHoldsFromTheNextSnapshotAndTheOldOneKeepsWhatItHad) {
  const auto before = get("ent_a");
  choose("ent_a", "round", false);
  EXPECT_TRUE(before->find(kSealType, "round"));
  EXPECT_FALSE(get("ent_a")->find(kSealType, "round"));
  EXPECT_LT(before->epoch(), get("ent_a")->epoch());
}

TEST_F(SnapshotsTest, SwitchingAPluginOffForTheInstallationOverrulesEveryChoice) {
  choose("ent_a", "round", true);
  database_.switches.push_back({"cinnabar.seal-round", false, ""});
  ++database_.epochs[""];
  EXPECT_EQ(names("ent_a"), "name");
  EXPECT_EQ(names("ent_b"), "name");
}

TEST_F(SnapshotsTest, SwitchingAPluginOnForTheInstallationBindsItForAll) {
  database_.switches.push_back({"com.example.star", true, ""});
  ++database_.epochs[""];
  EXPECT_EQ(names("ent_b"), "name round star");
}

TEST_F(SnapshotsTest, PositionsOrderAndTheFirstIsTheDefault) {
  choose("ent_a", "round", true, 5);
  EXPECT_EQ(names("ent_a"), "round name");
  EXPECT_EQ(get("ent_a")->find(kSealType, "")->provider->name, "round");
}

TEST_F(SnapshotsTest, ConfigurationsAreMergedByMember) {
  choose("ent_a", "round", true, 100, R"({"size":40})");
  EXPECT_EQ(get("ent_a")->find(kSealType, "round")->config, R"({"color":"red","size":40})");
  EXPECT_EQ(get("ent_b")->find(kSealType, "round")->config, R"({"color":"red","size":42})");
}

TEST_F(SnapshotsTest, WhatIsOfTheInstallationIsNotForAnEnterpriseToSwitch) {
  database_.choices.push_back({"ent_a", "cinnabar.domain/1", "seal", false, 100, ""});
  ++database_.epochs["ent_a"];
  EXPECT_TRUE(get("ent_a")->plugin_enabled("cinnabar.seal"));
}

TEST_F(SnapshotsTest, UnchangedSnapshotsCostOneQuery) {
  get("ent_a");
  database_.queries.clear();
  const auto first = get("ent_a");
  EXPECT_EQ(get("ent_a"), first);
  EXPECT_EQ(database_.queries, (std::map<std::string, int>{{"kernel_epoch W", 2}}));
}

TEST_F(SnapshotsTest, OwnersWithoutChoicesShareOneTable) {
  EXPECT_EQ(get("ent_a")->find(kSealType, "round"), get("ent_b")->find(kSealType, "round"));
}

TEST_F(SnapshotsTest, AnEarlierGenerationKeepsItsPluginsUnderTheSwitchesOfNow) {
  const auto earlier = snapshots_.generation();
  const auto before = get("ent_a");
  add("com.example.wax", Scope::enterprise, kSealType, "wax");
  publish();
  EXPECT_EQ(names("ent_a"), "name round wax");
  EXPECT_LT(before->epoch(), get("ent_a")->epoch());
  choose("ent_a", "name", false);
  const auto still = snapshots_.get("ent_a", earlier);
  EXPECT_EQ(still->names(kSealType), std::vector<std::string>{"round"});
  EXPECT_EQ(snapshots_.get("ent_b", earlier)->names(kSealType),
            (std::vector<std::string>{"name", "round"}));
}

TEST_F(SnapshotsTest, AGenerationEndsWithTheLastSnapshotOverIt) {
  std::weak_ptr<const Generation> first = snapshots_.generation();
  auto held = get("ent_a");
  publish();
  EXPECT_FALSE(first.expired());
  held.reset();
  EXPECT_TRUE(first.expired());
}

}  // namespace
}  // namespace cinnabar::kernel
