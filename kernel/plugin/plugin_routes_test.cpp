// cinnabar.bindings/1 as a plugin asks it: what the owner has bound, at the epoch that the request
// began with.
#include "kernel/db/db.hpp"
#include "kernel/plugin/call_context.hpp"
#include "kernel/plugin/pinned_route.hpp"
#include "kernel/plugin/plugin_host.hpp"

#include <cinnabar/services/kernel.hpp>
#include <cinnabar/tables.hpp>

#include <gtest/gtest.h>

namespace cinnabar::kernel {
namespace {

// A database driver that holds the epoch of one owner and nothing else.
class EpochDatabase final : public Database {
 public:
  void query(std::string_view sql, const cinnabar_value*, std::size_t,
             const cinnabar_rows& rows) override {
    if (sql.find("kernel_epoch") == sql.npos) return;
    const Json owner("ent_a");
    const cinnabar_value cells[] = {detail::value_of(owner), detail::value_of(Json(epoch))};
    rows.row(rows.self, cells, 2);
  }
  void commit(const cinnabar_transaction*, std::size_t, cinnabar_outcome*) override {}
  void script(std::string_view) override {}
  std::int64_t epoch = 4;
};

class PluginRoutesTest : public ::testing::Test {
 protected:
  PluginRoutesTest() {
    host_.load();
    host_.attach(&db_, nullptr, nullptr);
    host_.start();
  }
  BindingNames names(CallContext& context) {
    const PinnedRoute route(host_, context.snapshot("ent_a"), context.call("ent_a", "req_1", "en"),
                            "cinnabar.bindings/1", "kernel");
    return Client<Bindings>(std::make_shared<PinnedRoute>(route)).names({"cinnabar.bindings/1"});
  }

  EpochDatabase database_;
  cinnabar_database table_ = detail::export_table(static_cast<Database*>(&database_));
  Db db_{&table_};
  SystemClocks clocks_;
  PluginHost host_{PluginSettings{}, clocks_};
};

TEST_F(PluginRoutesTest, TheEpochIsThatOfTheSnapshotThatTheRequestBeganWith) {
  CallContext earlier(host_, clocks_, 0);
  EXPECT_EQ(names(earlier).names, std::vector<std::string>{"kernel"});
  EXPECT_EQ(names(earlier).epoch, 4);
  database_.epoch = 5;
  EXPECT_EQ(names(earlier).epoch, 4);
  CallContext later(host_, clocks_, 0);
  EXPECT_EQ(names(later).epoch, 5);
}

}  // namespace
}  // namespace cinnabar::kernel
