#include "dialect.hpp"

#include <cinnabar/error.hpp>

#include <algorithm>
#include <initializer_list>

namespace cinnabar::mysql {

namespace {

constexpr std::string_view kTableOptions =
    " ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin";

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

std::string upper(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
  return out;
}

bool one_of(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// The end of what begins at `at`: a quoted text or name, a comment, a word, or one character.
std::size_t token_end(std::string_view sql, std::size_t at) {
  const char c = sql[at];
  if (sql.substr(at, 2) == "--") return std::min(sql.find('\n', at), sql.size());
  if (c == '\'' || c == '"') {
    const std::size_t end = sql.find(c, at + 1);
    if (end == std::string_view::npos)
      throw Error("database.failed", {{"detail", "a text without an end"}}, {}, CINNABAR_FAILED);
    return end + 1;  // a doubled quote is two texts side by side, which is the same here
  }
  std::size_t end = at + 1;
  if (is_word(c))
    while (end < sql.size() && is_word(sql[end])) ++end;
  return end;
}

struct Token {
  std::string word;  // in capitals
  std::size_t begin = 0;
  std::size_t end = 0;
};

std::vector<Token> tokens_of(std::string_view sql) {
  std::vector<Token> tokens;
  for (std::size_t at = 0; at < sql.size();) {
    const std::size_t end = token_end(sql, at);
    if (static_cast<unsigned char>(sql[at]) > ' ')
      tokens.push_back({upper(sql.substr(at, end - at)), at, end});
    at = end;
  }
  return tokens;
}

std::string_view type_for(std::string_view word) {
  if (word == "TEXT") return "LONGTEXT";
  if (word == "BLOB") return "LONGBLOB";
  if (word == "INTEGER" || word == "INT") return "BIGINT";
  if (word == "REAL") return "DOUBLE";
  return {};
}

bool begins_constraint(std::string_view word) {
  return one_of(word, {"PRIMARY", "UNIQUE", "FOREIGN", "CHECK", "CONSTRAINT", "KEY", "INDEX"});
}

// Where a column's type stands: behind the name that an item of the list begins with, or behind
// ADD COLUMN name.
std::vector<bool> type_places(const std::vector<Token>& tokens, bool creates) {
  std::vector<bool> places(tokens.size() + 2, false);
  int depth = 0;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const std::string& word = tokens[i].word;
    depth += word == "(" ? 1 : word == ")" ? -1 : 0;
    const bool item = creates && depth == 1 && (word == "(" || word == ",");
    const bool added = !creates && word == "COLUMN" && i > 0 && tokens[i - 1].word == "ADD";
    if ((item && i + 1 < tokens.size() && !begins_constraint(tokens[i + 1].word)) || added)
      places[i + 2] = true;
  }
  return places;
}

std::string original(std::string_view sql, const Token& token) {
  return std::string(sql.substr(token.begin, token.end - token.begin));
}

bool starts(const std::vector<Token>& tokens, std::initializer_list<std::string_view> words) {
  return tokens.size() > words.size() &&
         std::equal(words.begin(), words.end(), tokens.begin(),
                    [](std::string_view word, const Token& token) { return word == token.word; });
}

// The name that stands behind `words`, past IF NOT EXISTS.
std::string name_behind(std::string_view sql, const std::vector<Token>& tokens, std::size_t words) {
  if (words < tokens.size() && tokens[words].word == "IF") words += 3;
  return words < tokens.size() ? original(sql, tokens[words]) : std::string();
}

}  // namespace

std::vector<std::string> split_script(std::string_view script) {
  std::vector<std::string> statements;
  std::string statement;
  const auto end_statement = [&] {
    while (!statement.empty() && statement.back() <= ' ') statement.pop_back();
    if (!statement.empty()) statements.push_back(std::move(statement));
    statement.clear();
  };
  for (std::size_t at = 0; at < script.size();) {
    const std::size_t end = token_end(script, at);
    const std::string_view token = script.substr(at, end - at);
    if (token == ";")
      end_statement();
    else if (!token.starts_with("--") && !(statement.empty() && token[0] <= ' '))
      statement += token;
    at = end;
  }
  end_statement();
  return statements;
}

std::string translate(std::string_view statement) {
  const std::vector<Token> tokens = tokens_of(statement);
  const bool creates = starts(tokens, {"CREATE", "TABLE"});
  if (!creates && !starts(tokens, {"ALTER", "TABLE"})) return std::string(statement);
  const std::vector<bool> is_type = type_places(tokens, creates);
  std::string out;
  std::size_t copied = 0;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    std::string_view instead = is_type[i] ? type_for(tokens[i].word) : std::string_view();
    if (tokens[i].word == "AUTOINCREMENT") instead = "AUTO_INCREMENT";
    if (instead.empty()) continue;
    out += statement.substr(copied, tokens[i].begin - copied);
    out += instead;
    copied = tokens[i].end;
  }
  out += statement.substr(copied);
  return creates ? out.append(kTableOptions) : out;
}

bool defines(std::string_view statement) {
  const std::vector<Token> tokens = tokens_of(statement);
  return !tokens.empty() &&
         one_of(tokens[0].word, {"CREATE", "ALTER", "DROP", "RENAME", "TRUNCATE"});
}

std::string made_table(std::string_view statement) {
  const std::vector<Token> tokens = tokens_of(statement);
  return starts(tokens, {"CREATE", "TABLE"}) ? name_behind(statement, tokens, 2) : std::string();
}

std::string undo_of(std::string_view statement) {
  const std::vector<Token> tokens = tokens_of(statement);
  if (starts(tokens, {"CREATE", "TABLE"}))
    return "DROP TABLE IF EXISTS " + name_behind(statement, tokens, 2);
  const std::size_t unique = starts(tokens, {"CREATE", "UNIQUE"}) ? 1 : 0;
  if (starts(tokens, {"CREATE"}) && tokens.size() > 4 + unique &&
      tokens[1 + unique].word == "INDEX") {
    const auto on = std::find_if(tokens.begin(), tokens.end(),
                                 [](const Token& token) { return token.word == "ON"; });
    if (on == tokens.end() || on + 1 == tokens.end()) return {};
    return "DROP INDEX IF EXISTS " + name_behind(statement, tokens, 2 + unique) + " ON " +
           original(statement, *(on + 1));
  }
  if (starts(tokens, {"ALTER", "TABLE"}) && tokens.size() > 6 && tokens[3].word == "ADD" &&
      tokens[4].word == "COLUMN")
    return "ALTER TABLE " + original(statement, tokens[2]) + " DROP COLUMN IF EXISTS " +
           original(statement, tokens[5]);
  return {};
}

}  // namespace cinnabar::mysql
