// Which tables a plugin's statement touches: a check by its words, before a driver sees it.
//
// A plugin owns the tables whose names begin with its prefix and reaches no other. The check reads
// the statement as a sequence of words and looks at every place where SQL names a table. It knows
// the subset that SQLite and MariaDB share and errs towards refusing: comments, quoted names,
// names with a schema, FROM inside of a function, and common table expressions whose own names
// lack the prefix are not allowed. Pure functions; any thread.
#pragma once

#include <cinnabar/error.hpp>

#include <algorithm>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace cinnabar::package {
namespace sql {

// Deeper nesting than any statement needs.
inline constexpr std::size_t kSqlDepthMax = 64;

inline bool is_word_start(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
inline bool is_word(char c) { return is_word_start(c) || (c >= '0' && c <= '9') || c == '$'; }
inline bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

inline std::string upper(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
  return out;
}

inline bool one_of(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

inline Error refused(std::string_view sql, std::string reason) {
  return Error("database.statement_refused",
               {{"reason", std::move(reason)}, {"statement", std::string(sql.substr(0, 200))}}, {},
               CINNABAR_FAILED);
}

// A word in capitals, one punctuation character, or "?" for any literal or parameter.
inline std::vector<std::string> tokens_of(std::string_view sql) {
  std::vector<std::string> tokens;
  std::size_t i = 0;
  const auto at = [&](std::size_t k) { return k < sql.size() ? sql[k] : '\0'; };
  while (i < sql.size()) {
    const char c = sql[i];
    if (is_space(c)) {
      ++i;
    } else if (is_word_start(c)) {
      const std::size_t begin = i;
      while (is_word(at(i))) ++i;
      tokens.push_back(upper(sql.substr(begin, i - begin)));
    } else if (c >= '0' && c <= '9') {
      while (is_word(at(i)) || at(i) == '.') ++i;
      tokens.emplace_back("?");
    } else if (c == '\'') {
      // MariaDB escapes with a backslash, SQLite does not: such a literal ends at two places.
      for (++i; at(i) != '\'' || at(i + 1) == '\''; i += at(i) == '\'' ? 2 : 1)
        if (i >= sql.size() || at(i) == '\\')
          throw refused(sql, "a text with a backslash or no end");
      ++i;
      tokens.emplace_back("?");
    } else if (c == '"' || c == '`' || c == '[' || c == '#' || c == '\\' || c == '@' || c == ':' ||
               c == '$' || c < ' ' || (c == '-' && at(i + 1) == '-') ||
               (c == '/' && at(i + 1) == '*')) {
      throw refused(sql, std::string("comments, quoted names and variables (at \"") + c + "\")");
    } else {
      tokens.emplace_back(1, c);
      ++i;
    }
  }
  if (!tokens.empty() && tokens.back() == ";") tokens.pop_back();
  return tokens;
}

// Follows the words of one statement and checks each that stands where a table is named.
class TableWalk {
 public:
  TableWalk(std::string_view sql, std::string_view prefix) : sql_(sql), prefix_(upper(prefix)) {}

  void run() {
    const std::vector<std::string> tokens = tokens_of(sql_);
    if (tokens.empty() ||
        !one_of(tokens[0], {"SELECT", "WITH", "INSERT", "REPLACE", "UPDATE", "DELETE"}))
      throw refused(sql_, "only SELECT, INSERT, REPLACE, UPDATE and DELETE are for plugins");
    for (std::size_t i = 0; i < tokens.size(); ++i)
      step(tokens[i], i + 1 < tokens.size() ? tokens[i + 1] : "", i > 0 ? tokens[i - 1] : "");
    if (frames_.size() != 1 || frames_.back().expecting) throw refused(sql_, "it ends too early");
  }

 private:
  struct Frame {             // one a pair of parentheses
    bool expecting = false;  // the next word names a table
    bool listing = false;    // a comma here is followed by another table
  };

  void step(const std::string& token, const std::string& next, const std::string& previous) {
    Frame& frame = frames_.back();
    if (token == ";") throw refused(sql_, "more than one statement");
    if (token == "(") {
      const bool tables = frame.expecting;
      frame.expecting = false;
      if (frames_.size() >= kSqlDepthMax) throw refused(sql_, "too deep");
      frames_.push_back({tables, tables});
    } else if (token == ")") {
      if (frames_.size() == 1 || frame.expecting) throw refused(sql_, "parentheses do not match");
      frames_.pop_back();
    } else if (token == ",") {
      if (frame.listing) frame.expecting = true;
    } else if (is_word_start(token[0])) {
      word(frame, token, next, previous);
    } else if (frame.expecting) {
      throw refused(sql_, "a table's name is expected before " + token);
    }
  }

  void word(Frame& frame, const std::string& word, const std::string& next,
            const std::string& previous) {
    if (one_of(word, {"SELECT", "VALUES", "WITH"})) {
      frame = {};
    } else if (frame.expecting) {
      table(word, next);
      frame.expecting = false;
    } else if (word == "FROM") {
      frame = {true, true};
    } else if (word == "UPDATE") {
      // Not in ON CONFLICT DO UPDATE, ON DUPLICATE KEY UPDATE, FOR UPDATE.
      if (!one_of(previous, {"DO", "KEY", "FOR"})) frame = {true, true};
    } else if (one_of(word, {"JOIN", "STRAIGHT_JOIN", "TABLE"})) {
      frame.expecting = true;
    } else if (word == "INTO") {
      frame = {true, false};
    } else if (one_of(word, {"IN", "USING"})) {
      // SQLite takes "x IN table", MariaDB "DELETE FROM a USING b".
      if (next != "(") frame.expecting = true;
    } else if (one_of(word, {"WHERE", "GROUP", "ORDER", "HAVING", "LIMIT", "SET", "UNION", "EXCEPT",
                             "INTERSECT", "WINDOW", "RETURNING"})) {
      frame.listing = false;
    } else if (word.starts_with("KERNEL_") || word.starts_with("SQLITE_")) {
      table(word, next);  // nothing else is called so; whatever place it stands at
    }
  }

  void table(const std::string& name, const std::string& next) const {
    if (next == ".") throw refused(sql_, "names of tables stand without a schema");
    if (!prefix_.empty() && name.starts_with(prefix_)) return;
    throw Error(
        "database.table_refused",
        {{"table", name}, {"prefix", prefix_}, {"statement", std::string(sql_.substr(0, 200))}}, {},
        CINNABAR_FAILED);
  }

  std::string_view sql_;
  std::string prefix_;
  std::vector<Frame> frames_{Frame{}};
};

}  // namespace sql

// Throws Error "database.table_refused" (naming the table and the prefix) when the statement
// touches a table without the prefix, and "database.statement_refused" for anything but one
// SELECT, INSERT, REPLACE, UPDATE or DELETE of the subset. An empty prefix owns no table.
inline void check_tables(std::string_view sql, std::string_view prefix) {
  sql::TableWalk(sql, prefix).run();
}

}  // namespace cinnabar::package
