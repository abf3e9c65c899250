// What a plugin may do through its host: what its manifest asks for, on its own tables, and calls
// to other plugins within limits.
#include "kernel/db/db.hpp"
#include "kernel/plugin/call_context.hpp"
#include "kernel/plugin/plugin_host.hpp"

#include <cinnabar/testing/folder.hpp>

#include <gtest/gtest.h>

#include <sys/stat.h>

namespace cinnabar::kernel {
namespace {

struct Depth {
  std::int64_t depth = 0;
};
CINNABAR_DESCRIBE(Depth, depth)

class Chain {
 public:
  using Interface = Chain;
  virtual ~Chain() = default;
  // Calls itself through the host so many times.
  virtual Depth call(const Depth&, const Call&) = 0;
};
CINNABAR_SERVICE(Chain, "test.chain/1", call)

class ChainPlugin final : public Chain {
 public:
  explicit ChainPlugin(Host& host) : host(host) {}
  Depth call(const Depth& in, const Call& call) override {
    if (in.depth == 0) return {0};
    return {host.service<Chain>(call).call({in.depth - 1}).depth + 1};
  }
  Host& host;
};

// A database that says yes, and keeps what it was asked.
class OpenDatabase final : public Database {
 public:
  void query(std::string_view sql, const cinnabar_value*, std::size_t,
             const cinnabar_rows&) override {
    asked.emplace_back(sql);
  }
  void commit(const cinnabar_transaction*, std::size_t, cinnabar_outcome*) override {}
  void script(std::string_view) override {}
  std::vector<std::string> asked;
};

class HostTableTest : public ::testing::Test {
 protected:
  HostTableTest()
      : table_(detail::export_table(static_cast<Database*>(&database_))), db_(&table_) {}

  Host& start(std::vector<std::string> permissions, std::string prefix = "chain_") {
    PluginSettings settings;
    settings.data_folder = folder_.path;
    settings.configs["test.chain"] = Json::object().set("level", 3);
    host_ = std::make_unique<PluginHost>(std::move(settings), clocks_);
    Manifest m;
    m.id = "test.chain";
    m.version = "1.0.0";
    m.folder = "/plugins/test.chain";
    m.provides = {{"test.chain/1", "chain"}};
    m.permissions = std::move(permissions);
    m.table_prefix = std::move(prefix);
    m.config = from_json<Json>(R"({"type":"object","properties":{"level":{"type":"integer"}}})");
    host_->add_builtin(std::move(m), builtin<ChainPlugin>([this](Host& host) {
                         auto made = std::make_unique<ChainPlugin>(host);
                         plugin_ = made.get();
                         return made;
                       }));
    host_->load();
    host_->attach(&db_, nullptr, nullptr);
    host_->start();
    return plugin_->host;
  }
  cinnabar_status query(const Host& host, const char* sql) {
    detail::RowsCollector rows;
    return host.raw()->query(host.raw()->self, nullptr, bytes_of(sql), nullptr, 0, &rows.raw);
  }

  testing::TestFolder folder_;
  SystemClocks clocks_;
  OpenDatabase database_;
  cinnabar_database table_;
  Db db_;
  std::unique_ptr<PluginHost> host_;
  ChainPlugin* plugin_ = nullptr;
};

TEST_F(HostTableTest, QueriesReachThePluginsOwnTablesOnly) {
  const Host& host = start({"database"});
  EXPECT_EQ(query(host, "SELECT id FROM chain_link"), CINNABAR_OK);
  EXPECT_NE(query(host, "SELECT token_sha256 FROM kernel_session"), CINNABAR_OK);
  EXPECT_NE(query(host, "SELECT a.id FROM chain_link a JOIN seal_seal b ON a.id = b.id"),
            CINNABAR_OK);
  for (const std::string& sql : database_.asked)
    EXPECT_EQ(sql.find("kernel_session"), std::string::npos);
}

TEST_F(HostTableTest, WhatTheManifestDoesNotAskForIsNotThere) {
  const Host& host = start({});
  EXPECT_EQ(query(host, "SELECT id FROM chain_link"), CINNABAR_FAILED);
  EXPECT_THROW(host.blob_put("x"), Error);
  EXPECT_THROW(host.commit(OwnCall(), {}), Error);
  EXPECT_EQ(host.table<cinnabar_key_store>("cinnabar.key-store/1"), nullptr);
}

TEST_F(HostTableTest, TheDatabaseItselfIsForNobody) {
  const Host& host = start({"database", "blobs", "keys"});
  EXPECT_EQ(host.table<cinnabar_database>("cinnabar.database/1"), nullptr);
  EXPECT_EQ(host.table<cinnabar_blob_store>("cinnabar.blob-store/1"), nullptr);
}

TEST_F(HostTableTest, TheDataFolderIsThePluginsAlone) {
  const std::string folder = start({}).data_folder();
  EXPECT_TRUE(folder.ends_with("/plugins/test.chain"));
  struct stat info {};
  ASSERT_EQ(stat(folder.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0700u);
}

TEST_F(HostTableTest, TheInstallationsConfigurationIsGiven) {
  const Host& host = start({});
  detail::TextSink sink;
  ASSERT_EQ(host.raw()->config(host.raw()->self, &sink.raw), CINNABAR_OK);
  EXPECT_EQ(sink.text, R"({"level":3})");
}

TEST_F(HostTableTest, RandomBytesDiffer) {
  const Host& host = start({});
  EXPECT_NE(host.random(16), host.random(16));
  EXPECT_EQ(host.random(100'000).size(), 100'000u);
}

TEST_F(HostTableTest, PluginsCallEachOtherAndTheCallsAreCounted) {
  const Host& host = start({});
  CallContext context(*host_, clocks_, 0);
  const cinnabar_call raw = context.call("ent_a", "t", "en");
  EXPECT_EQ(host.service<Chain>(Call(&raw)).call({5}).depth, 5);
  EXPECT_EQ(context.service_calls(), 6);
  EXPECT_EQ(context.plugin(), "");
}

TEST_F(HostTableTest, ALoopBetweenPluginsEnds) {
  const Host& host = start({});
  CallContext context(*host_, clocks_, 0);
  const cinnabar_call raw = context.call("ent_a", "t", "en");
  try {
    host.service<Chain>(Call(&raw)).call({1'000'000});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "plugin.call_loop");
  }
  EXPECT_LE(context.service_calls(), kServiceDepthMax + 1);
}

TEST_F(HostTableTest, ARequestKeepsTheSnapshotItBeganWith) {
  start({});
  CallContext context(*host_, clocks_, 0);
  EXPECT_EQ(context.snapshot("ent_a"), context.snapshot("ent_a"));
  EXPECT_NE(context.snapshot("ent_a"), context.snapshot("ent_b"));
}

}  // namespace
}  // namespace cinnabar::kernel
