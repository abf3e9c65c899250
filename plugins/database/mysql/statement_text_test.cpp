#include "statement_text.hpp"

#include <cinnabar/error.hpp>

#include <gtest/gtest.h>

#include <limits>

namespace cinnabar::mysql {
namespace {

cinnabar_value text(std::string_view value) { return {CINNABAR_TEXT, 0, 0, bytes_of(value)}; }

std::string filled(std::string_view sql, std::vector<cinnabar_value> params) {
  const StatementText statement = parse_statement(sql);
  EXPECT_EQ(statement.problem, "");
  EXPECT_EQ(statement.parts.size(), params.size() + 1);
  std::string out;
  append_statement(out, statement, params.data());
  return out;
}

TEST(StatementText, values_are_written_so_that_nothing_in_them_ends_them) {
  const std::string nasty("it's \\' \0 ; -- ", 15);
  EXPECT_EQ(filled("UPDATE t SET a=? WHERE b=?", {text(nasty), text("")}),
            "UPDATE t SET a= " + std::string("'it''s \\'' \0 ; -- '", 19) + "  WHERE b= '' ");
  EXPECT_EQ(filled("UPDATE t SET a=?,b=?",
                   {{CINNABAR_NULL, 0, 0, {}}, {CINNABAR_BLOB, 0, 0, bytes_of("\xff'z")}}),
            "UPDATE t SET a= NULL ,b= x'ff277a' ");
  EXPECT_EQ(filled("UPDATE t SET a=-?", {{CINNABAR_INTEGER, -5, 0, {}}}), "UPDATE t SET a=- -5 ");
  EXPECT_EQ(filled("UPDATE t SET a=?", {{CINNABAR_REAL, 0, 0.5, {}}}),
            "UPDATE t SET a= 5.00000000000000000e-01 ");
  EXPECT_EQ(
      filled("UPDATE t SET a=?", {{CINNABAR_REAL, 0, std::numeric_limits<double>::infinity(), {}}}),
      "UPDATE t SET a= NULL ");
}

TEST(StatementText, a_question_mark_in_a_text_is_no_parameter) {
  EXPECT_EQ(filled("INSERT INTO t VALUES ('?;--', \"a?\", ?);\n", {text("x")}),
            "INSERT INTO t VALUES ('?;--', \"a?\",  'x' )");
}

TEST(StatementText, what_may_be_more_or_less_than_one_writing_statement_is_refused) {
  for (const char* sql :
       {"", "SELECT 1", "COMMIT", "DELETE FROM a; DELETE FROM b", "UPDATE a SET b = 'x",
        "DELETE FROM a -- all", "DELETE FROM a # all", "DELETE FROM a /* all */", "DELETE FROM `a`",
        "DELETE FROM \"a", "CALL delete_all()"})
    EXPECT_NE(parse_statement(sql).problem, "") << sql;
  EXPECT_TRUE(parse_statement(" replace INTO a VALUES (1)").replaces);
  EXPECT_FALSE(parse_statement("INSERT INTO a VALUES (1)").replaces);
}

}  // namespace
}  // namespace cinnabar::mysql
