#include <cinnabar/package/table_check.hpp>

#include <gtest/gtest.h>

#include <string>

namespace cinnabar::kernel {
namespace {

std::string code_of(std::string_view sql, std::string_view prefix = "seal_") {
  try {
    package::check_tables(sql, prefix);
    return "";
  } catch (const Error& error) {
    return error.code();
  }
}

TEST(TableCheck, lets_a_plugin_work_with_its_own_tables) {
  for (const char* sql : {
           "SELECT * FROM seal_x",
           "select a, b from seal_x s, SEAL_Y where s.a in (select x from seal_z) order by a, b",
           "SELECT * FROM seal_x AS a LEFT JOIN seal_y AS b ON f(a.x, b.y) = 1 LIMIT 1, 2",
           "SELECT COUNT(*) FROM (SELECT a, b FROM seal_x GROUP BY a, b) AS q",
           "INSERT INTO seal_x (a, b) VALUES (?, 'it''s -- ; FROM kernel_x')",
           "INSERT INTO seal_x (a) SELECT b FROM seal_y WHERE c = ?",
           "INSERT INTO seal_x (a) VALUES (?) ON CONFLICT (a) DO UPDATE SET a = 1, b = 2",
           "INSERT INTO seal_x (a) VALUES (?) ON DUPLICATE KEY UPDATE a = 1, b = 2",
           "REPLACE INTO seal_x (a) VALUES (1)",
           "UPDATE seal_x SET a = ?, b = b + 1 WHERE id = ? AND version = ?",
           "DELETE FROM seal_x WHERE id = ? ;",
           "WITH RECURSIVE seal_t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM seal_t) "
           "SELECT n FROM seal_t",
           "SELECT CASE WHEN a THEN b END FROM seal_x ORDER BY x DESC",
           "SELECT 1",
       })
    EXPECT_EQ(code_of(sql), "") << sql;
}

TEST(TableCheck, finds_a_foreign_table_wherever_one_can_be_named) {
  for (const char* sql : {
           "SELECT * FROM kernel_session",
           "SELECT * FROM seal_x, kernel_session",
           "SELECT * FROM (seal_x JOIN contract_x)",
           "SELECT * FROM ((contract_y))",
           "SELECT * FROM seal_x JOIN contract_x ON 1=1",
           "SELECT * FROM seal_x NATURAL JOIN contract_y",
           "SELECT * FROM seal_x AS a LEFT JOIN seal_y AS b ON f(a.x, b.y) = 1, contract_z",
           "SELECT * FROM seal_x CROSS JOIN (SELECT 1, 2) AS q, contract_y",
           "SELECT * FROM seal_x WHERE a IN contract_a",
           "SELECT * FROM seal_x WHERE a NOT IN kernel_session",
           "SELECT * FROM seal_x WHERE EXISTS (SELECT 1 FROM kernel_reach)",
           "SELECT * FROM seal_x WHERE (a, b) IN (SELECT x, y FROM contract_y)",
           "SELECT (SELECT token FROM contract_s) FROM seal_x",
           "SELECT * FROM seal_x UNION SELECT * FROM contract_y",
           "SELECT * FROM sqlite_master",
           "SELECT * FROM pragma_table_info('x')",
           "SELECT * FROM seal_x INTO OUTFILE '/tmp/x'",
           "INSERT INTO contract_x (a) VALUES (1)",
           "INSERT INTO seal_x (a) SELECT b FROM contract_x",
           "INSERT INTO seal_x VALUES (1) RETURNING (SELECT 1 FROM contract_y)",
           "UPDATE contract_x SET a = 1",
           "UPDATE seal_x, contract_y SET a = 1",
           "UPDATE seal_x SET a = (SELECT b FROM contract_y)",
           "UPDATE seal_x SET a = 1 FROM contract_y",
           "DELETE FROM contract_x",
           "DELETE FROM seal_x USING contract_y WHERE 1",
           "DELETE FROM seal_x USING seal_x JOIN contract_y",
           // The inner name would be in force inside only; outside it is the real table.
           "SELECT * FROM (WITH contract_x AS (SELECT 1) SELECT * FROM seal_x) AS q, contract_x",
           "WITH t AS (SELECT 1) SELECT * FROM t",
       })
    EXPECT_EQ(code_of(sql), "database.table_refused") << sql;
}

TEST(TableCheck, refuses_what_is_outside_of_the_subset) {
  for (const char* sql : {
           "",
           " ; ",
           "DROP TABLE seal_x",
           "CREATE TABLE seal_x (a INTEGER)",
           "PRAGMA table_info(seal_x)",
           "ATTACH 'x' AS y",
           "BEGIN",
           "COMMIT",
           "DELETE FROM seal_x; DROP TABLE seal_x",
           "SELECT * FROM main.seal_x",
           "SELECT * FROM \"kernel_session\"",
           "SELECT * FROM `kernel_session`",
           "SELECT * FROM [kernel_session]",
           "SELECT /* x */ 1",
           "SELECT 1 -- x",
           "SELECT 1 # x",
           "SELECT @@version",
           "SELECT 'a\\' FROM seal_x",
           "SELECT 'no end",
           "SELECT * FROM",
           "SELECT * FROM seal_x)",
           "SELECT * FROM (seal_x",
           "SELECT * FROM ?",
       })
    EXPECT_EQ(code_of(sql), "database.statement_refused") << sql;
}

TEST(TableCheck, a_plugin_without_a_prefix_owns_no_table) {
  EXPECT_EQ(code_of("SELECT * FROM seal_x", ""), "database.table_refused");
}

TEST(TableCheck, deep_nesting_ends) {
  EXPECT_EQ(code_of("SELECT " + std::string(10'000, '(')), "database.statement_refused");
}

}  // namespace
}  // namespace cinnabar::kernel
