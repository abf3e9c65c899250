#include "dialect.hpp"

#include <cinnabar/error.hpp>

#include <gtest/gtest.h>

namespace cinnabar::mysql {
namespace {

constexpr const char* kOptions = " ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin";

TEST(Dialect, a_script_is_divided_at_semicolons_outside_of_texts_and_comments) {
  EXPECT_EQ(split_script("-- one; not two\nCREATE TABLE a (id INTEGER); \n\n;"
                         "INSERT INTO a VALUES ('x;''y--');"),
            (std::vector<std::string>{"CREATE TABLE a (id INTEGER)",
                                      "INSERT INTO a VALUES ('x;''y--')"}));
  EXPECT_TRUE(split_script(" -- nothing").empty());
  EXPECT_THROW(split_script("INSERT INTO a VALUES ('x"), Error);
}

TEST(Dialect, types_become_those_of_mariadb) {
  const struct {
    const char* shared;
    std::string mariadb;
  } cases[] = {
      {"CREATE TABLE a (id INTEGER PRIMARY KEY AUTOINCREMENT, note TEXT NOT NULL, raw BLOB)",
       std::string("CREATE TABLE a (id BIGINT PRIMARY KEY AUTO_INCREMENT, note LONGTEXT NOT NULL, "
                   "raw LONGBLOB)") +
           kOptions},
      {"CREATE TABLE a (text TEXT, integer REAL, PRIMARY KEY (text, integer))",
       std::string("CREATE TABLE a (text LONGTEXT, integer DOUBLE, PRIMARY KEY (text, integer))") +
           kOptions},
      {"create table if not exists a (id VARCHAR(64), n INTEGER DEFAULT 0, t VARCHAR(9) DEFAULT "
       "'x TEXT')",
       std::string("create table if not exists a (id VARCHAR(64), n BIGINT DEFAULT 0, t VARCHAR(9) "
                   "DEFAULT 'x TEXT')") +
           kOptions},
      {"ALTER TABLE a ADD COLUMN text TEXT", "ALTER TABLE a ADD COLUMN text LONGTEXT"},
      {"CREATE INDEX text ON a (text)", "CREATE INDEX text ON a (text)"},
      {"INSERT INTO a (text) VALUES ('INTEGER')", "INSERT INTO a (text) VALUES ('INTEGER')"},
  };
  for (const auto& c : cases) EXPECT_EQ(translate(c.shared), c.mariadb);
}

TEST(Dialect, what_defines_something_is_known_and_how_to_undo_it) {
  EXPECT_EQ(undo_of("CREATE TABLE IF NOT EXISTS a (id INTEGER)"), "DROP TABLE IF EXISTS a");
  EXPECT_EQ(undo_of("CREATE INDEX i ON a (id)"), "DROP INDEX IF EXISTS i ON a");
  EXPECT_EQ(undo_of("CREATE UNIQUE INDEX i ON a (id)"), "DROP INDEX IF EXISTS i ON a");
  EXPECT_EQ(undo_of("ALTER TABLE a ADD COLUMN b TEXT"), "ALTER TABLE a DROP COLUMN IF EXISTS b");
  EXPECT_EQ(undo_of("DROP TABLE a"), "");
  EXPECT_EQ(undo_of("UPDATE a SET id = 1"), "");
  EXPECT_TRUE(defines("drop table a"));
  EXPECT_FALSE(defines("DELETE FROM a"));
  EXPECT_EQ(made_table("CREATE TABLE IF NOT EXISTS a (id INTEGER)"), "a");
  EXPECT_EQ(made_table("CREATE INDEX i ON a (id)"), "");
}

}  // namespace
}  // namespace cinnabar::mysql
