#include "sqlite_database.hpp"

#include <cinnabar/testing/database_suite.hpp>
#include <cinnabar/testing/folder.hpp>

#include <sys/stat.h>

#include <filesystem>

namespace cinnabar {
namespace {

class SqliteUnderTest final : public DatabaseUnderTest {
 public:
  SqliteUnderTest() : path_(folder_.path / "test.db") { reopen(); }
  explicit SqliteUnderTest(std::filesystem::path path) : path_(std::move(path)) { reopen(); }
  const cinnabar_database* table() override { return &table_; }
  void reopen() override {
    database_.reset();
    database_ = std::make_unique<SqliteDatabase>(path_.string(), 4);
    table_ = detail::export_table(static_cast<Database*>(database_.get()));
  }
  std::unique_ptr<DatabaseUnderTest> another() override {
    return std::make_unique<SqliteUnderTest>(path_);
  }

 private:
  testing::TestFolder folder_;
  const std::filesystem::path path_;
  std::unique_ptr<SqliteDatabase> database_;
  cinnabar_database table_{};
};

std::unique_ptr<DatabaseUnderTest> make_sqlite() { return std::make_unique<SqliteUnderTest>(); }

INSTANTIATE_TEST_SUITE_P(Sqlite, DatabaseSuite, ::testing::Values(&make_sqlite));

std::int64_t number(SqliteDatabase& database, std::string_view sql) {
  detail::RowsCollector rows;
  database.query(sql, nullptr, 0, rows.raw);
  return rows.result.rows.at(0).at(0).integer();
}

TEST(SqliteDatabase, the_file_is_readable_by_its_owner_only) {
  testing::TestFolder folder;
  SqliteDatabase database((folder.path / "test.db").string(), 1);
  database.script("CREATE TABLE t (a INTEGER)");
  for (const char* name : {"/test.db", "/test.db-wal"}) {
    struct stat info {};
    ASSERT_EQ(::stat((folder.path.string() + name).c_str(), &info), 0) << name;
    EXPECT_EQ(info.st_mode & 0777, 0600u) << name;
  }
}

TEST(SqliteDatabase, a_folder_that_is_not_there_is_unavailable) {
  try {
    SqliteDatabase database("/nonexistent/test.db", 1);
    FAIL() << "it opened";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "database.unavailable");
    EXPECT_EQ(error.status(), CINNABAR_UNAVAILABLE);
  }
}

TEST(SqliteDatabase, a_file_that_is_no_database_is_refused) {
  testing::TestFolder folder;
  const std::string path = (folder.path / "test.db").string();
  std::unique_ptr<FILE, int (*)(FILE*)>(std::fopen(path.c_str(), "w"), &std::fclose);
  std::filesystem::resize_file(path, 8192);
  std::unique_ptr<FILE, int (*)(FILE*)> file(std::fopen(path.c_str(), "r+"), &std::fclose);
  std::fputs("this is a letter to somebody", file.get());
  file.reset();
  EXPECT_THROW(SqliteDatabase(path, 1), Error);
}

// A full disk, made with SQLite's own limit of pages: the whole group is refused, nothing of it is
// kept, and work goes on when there is space again.
TEST(SqliteDatabase, a_full_disk_refuses_the_group_and_is_survived) {
  testing::TestFolder folder;
  SqliteDatabase database((folder.path / "test.db").string(), 1);
  database.script("CREATE TABLE t (a TEXT); PRAGMA max_page_count = 8");
  const std::string large(100'000, 'x');
  const cinnabar_value small{CINNABAR_TEXT, 0, 0, bytes_of("y")};
  const cinnabar_value param{CINNABAR_TEXT, 0, 0, bytes_of(large)};
  const std::string_view sql = "INSERT INTO t VALUES (?)";
  const cinnabar_statement first{bytes_of(sql), &small, 1, 1}, second{bytes_of(sql), &param, 1, 1};
  const cinnabar_transaction group[] = {{&first, 1}, {&second, 1}, {&first, 1}};
  cinnabar_outcome outcomes[3]{};
  database.commit(group, 3, outcomes);
  for (const cinnabar_outcome& outcome : outcomes)
    EXPECT_EQ(outcome.status, CINNABAR_UNAVAILABLE) << outcome.detail;
  EXPECT_EQ(number(database, "SELECT COUNT(*) FROM t"), 0);

  database.script("PRAGMA max_page_count = 100000");
  database.commit(group, 3, outcomes);
  for (const cinnabar_outcome& outcome : outcomes)
    EXPECT_EQ(outcome.status, CINNABAR_OK) << outcome.detail;
  EXPECT_EQ(number(database, "SELECT COUNT(*) FROM t"), 3);
}

TEST(SqliteDatabase, more_statements_than_are_kept_prepared) {
  testing::TestFolder folder;
  SqliteDatabase database((folder.path / "test.db").string(), 1);
  for (int round = 0; round < 2; ++round)
    for (int i = 0; i < 200; ++i) EXPECT_EQ(number(database, "SELECT " + std::to_string(i)), i);
}

}  // namespace
}  // namespace cinnabar
