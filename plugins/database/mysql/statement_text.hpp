// StatementText: a writing statement of the shared SQL as a template, and as text with its values.
//
// Round trips rule what a commit costs, and prepared statements need one each. So the statements
// of a group go out together as text, and each must be one statement for sure: what could hide
// the end of it (a comment, a backtick, a quote without an end, a semicolon) is refused. Texts
// are quoted for the sql_mode of servers.cpp, in which a backslash is a letter. Pure; any thread.
#pragma once

#include <cinnabar/abi.h>

#include <string>
#include <string_view>
#include <vector>

namespace cinnabar::mysql {

struct StatementText {
  std::vector<std::string> parts;  // what stands around the parameters: one more than there are
  bool replaces = false;           // REPLACE: its count has the rows that went as well
  std::string problem;             // not empty: it cannot be used, and why
};

// The template of one INSERT, REPLACE, UPDATE or DELETE; `problem` says what is wrong.
StatementText parse_statement(std::string_view sql);

// Appends the statement with its values, of which there must be as many as parameters.
void append_statement(std::string& out, const StatementText& statement,
                      const cinnabar_value* params);

}  // namespace cinnabar::mysql
