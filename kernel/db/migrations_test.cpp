#include "kernel/db/migrations.hpp"

#include "kernel/base/test_storage.hpp"

#include <fstream>
#include <thread>
#include <vector>

namespace cinnabar::kernel {
namespace {

class Migrations : public ::testing::Test {
 protected:
  void write(const std::string& name, const std::string& sql) {
    std::filesystem::create_directories(source_.folder);
    std::ofstream(source_.folder / name) << sql;
  }
  std::string code() {
    try {
      migrate(db_, {source_}, 1);
      return "";
    } catch (const Error& error) {
      return error.code();
    }
  }
  std::int64_t number(std::string_view sql) { return db_.query_value(sql).integer(); }

  testing::TestFolder folder_;
  std::unique_ptr<TestPlugin> plugin_ = test_database(folder_.path);
  Db db_{database_of(*plugin_)};
  MigrationSource source_{"com.example.notes", folder_.path / "migrations"};
};

TEST_F(Migrations, makes_the_kernels_tables_without_any_file) {
  EXPECT_EQ(code(), "");
  EXPECT_EQ(number("SELECT COUNT(*) FROM kernel_event"), 0);
  EXPECT_EQ(number("SELECT COUNT(*) FROM kernel_migration WHERE component = 'kernel'"), 5);
}

TEST_F(Migrations, applies_each_once_and_in_order) {
  write("002_row.sql", "INSERT INTO notes_x (a) VALUES (1)");
  write("001_table.sql", "CREATE TABLE notes_x (a INTEGER); -- a table");
  write("readme.txt", "not a migration");
  EXPECT_EQ(code(), "");
  EXPECT_EQ(code(), "");
  EXPECT_EQ(number("SELECT COUNT(*) FROM notes_x"), 1);
  write("003_more.sql", "INSERT INTO notes_x (a) VALUES (2);");
  EXPECT_EQ(code(), "");
  EXPECT_EQ(number("SELECT COUNT(*) FROM notes_x"), 2);
}

TEST_F(Migrations, one_that_changed_after_it_was_applied_is_refused) {
  write("001_table.sql", "CREATE TABLE notes_x (a INTEGER);");
  EXPECT_EQ(code(), "");
  write("001_table.sql", "CREATE TABLE notes_x (a INTEGER, b INTEGER);");
  EXPECT_EQ(code(), "migration.changed");
}

TEST_F(Migrations, one_put_in_between_later_is_refused) {
  write("001_table.sql", "CREATE TABLE notes_x (a INTEGER);");
  write("003_row.sql", "INSERT INTO notes_x (a) VALUES (1);");
  EXPECT_EQ(code(), "");
  write("002_between.sql", "INSERT INTO notes_x (a) VALUES (2);");
  EXPECT_EQ(code(), "migration.changed");
}

TEST_F(Migrations, a_database_of_a_later_version_is_refused) {
  write("001_table.sql", "CREATE TABLE notes_x (a INTEGER);");
  write("002_row.sql", "INSERT INTO notes_x (a) VALUES (1);");
  EXPECT_EQ(code(), "");
  std::filesystem::remove(source_.folder / "002_row.sql");
  EXPECT_EQ(code(), "migration.newer");
}

TEST_F(Migrations, one_that_fails_leaves_nothing_and_can_be_mended) {
  write("001_table.sql", "CREATE TABLE notes_x (a INTEGER); INSERT INTO nowhere VALUES (1);");
  EXPECT_EQ(code(), "migration.failed");
  write("001_table.sql", "CREATE TABLE notes_x (a INTEGER);");
  EXPECT_EQ(code(), "");
}

TEST_F(Migrations, servers_that_start_at_once_apply_each_once) {
  write("001_table.sql", "CREATE TABLE notes_x (a INTEGER);");
  write("002_row.sql", "INSERT INTO notes_x (a) VALUES (1)");
  std::vector<std::thread> servers;
  for (int i = 0; i < 4; ++i) servers.emplace_back([this] { EXPECT_EQ(code(), ""); });
  for (std::thread& server : servers) server.join();
  EXPECT_EQ(number("SELECT COUNT(*) FROM notes_x"), 1);
  EXPECT_EQ(number("SELECT COUNT(*) FROM kernel_migration WHERE component <> 'kernel'"), 2);
}

TEST_F(Migrations, wrong_names_and_numbers_taken_twice_are_refused) {
  write("1_table.sql", "SELECT 1");
  EXPECT_EQ(code(), "migration.invalid");
  std::filesystem::remove(source_.folder / "1_table.sql");
  write("001_a.sql", "CREATE TABLE notes_a (a INTEGER)");
  write("001_b.sql", "CREATE TABLE notes_b (a INTEGER)");
  EXPECT_EQ(code(), "migration.invalid");
}

TEST_F(Migrations, an_earlier_version_that_was_admitted_lives_with_later_tables) {
  write("001_table.sql", "CREATE TABLE notes_x (a INTEGER);");
  write("002_more.sql", "ALTER TABLE notes_x ADD COLUMN b INTEGER;");
  EXPECT_EQ(code(), "");
  std::filesystem::remove(source_.folder / "002_more.sql");
  EXPECT_EQ(code(), "migration.newer");
  source_.later_allowed = true;
  EXPECT_EQ(code(), "");
}

TEST_F(Migrations, under_running_code_only_additions_are_applied) {
  source_.only_adds = true;
  write("001_table.sql",
        "CREATE TABLE notes_x (a INTEGER); -- RENAME is a word\nINSERT INTO notes_x (a) "
        "SELECT 1 WHERE 'DROP TABLE' <> 'x';\nCREATE INDEX notes_i ON notes_x (a);\n"
        "DROP INDEX notes_i;");
  EXPECT_EQ(code(), "");
  for (const char* sql : {"DROP TABLE notes_x;", "ALTER TABLE notes_x drop column a;",
                          "ALTER TABLE notes_x RENAME TO notes_y;"}) {
    write("002_narrower.sql", sql);
    EXPECT_EQ(code(), "migration.invalid") << sql;
  }
  source_.only_adds = false;
  EXPECT_EQ(code(), "");
}

}  // namespace
}  // namespace cinnabar::kernel
