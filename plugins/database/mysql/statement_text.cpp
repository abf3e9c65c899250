#include "statement_text.hpp"

#include <cinnabar/error.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace cinnabar::mysql {

namespace {

std::string first_word(std::string_view sql) {
  std::string word;
  for (const char c : sql.substr(std::min(sql.find_first_not_of(" \t\r\n"), sql.size()))) {
    if (c >= 'a' && c <= 'z')
      word += static_cast<char>(c - 32);
    else if (c >= 'A' && c <= 'Z')
      word += c;
    else
      break;
  }
  return word;
}

bool hides(std::string_view rest) {
  return rest[0] == '#' || rest[0] == '`' || rest[0] == '\0' || rest.starts_with("--") ||
         rest.starts_with("/*");
}

void append_hex(std::string& out, std::string_view bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  out += "x'";
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    out += kDigits[byte >> 4];
    out += kDigits[byte & 15];
  }
  out += '\'';
}

void append_text(std::string& out, std::string_view text) {
  out += '\'';
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t quote = std::min(text.find('\'', at), text.size());
    out += text.substr(at, quote - at);
    if (quote < text.size()) out += "''";
    at = quote + 1;
  }
  out += '\'';
}

// With an exponent, so that it is a DOUBLE and not a DECIMAL; what is no number is null, as in
// SQLite.
void append_real(std::string& out, double value) {
  char text[40];
  std::snprintf(text, sizeof text, "%.17e", value);
  out += std::isfinite(value) ? text : "NULL";
}

void append_value(std::string& out, const cinnabar_value& value) {
  switch (value.type) {
    case CINNABAR_INTEGER: out += std::to_string(value.integer); break;
    case CINNABAR_REAL: append_real(out, value.real); break;
    case CINNABAR_TEXT: append_text(out, view(value.bytes)); break;
    case CINNABAR_BLOB: append_hex(out, view(value.bytes)); break;
    default: out += "NULL";
  }
}

}  // namespace

StatementText parse_statement(std::string_view sql) {
  StatementText statement;
  const std::string word = first_word(sql);
  if (word != "INSERT" && word != "REPLACE" && word != "UPDATE" && word != "DELETE")
    return {{}, false, "the statement writes nothing"};
  statement.replaces = word == "REPLACE";
  while (!sql.empty() && (sql.back() == ';' || static_cast<unsigned char>(sql.back()) <= ' '))
    sql.remove_suffix(1);
  std::string part;
  for (std::size_t at = 0; at < sql.size();) {
    const char c = sql[at];
    if (c == ';') return {{}, false, "one statement is expected"};
    if (hides(sql.substr(at))) return {{}, false, "comments and backticks are not of the subset"};
    std::size_t end = at + 1;
    if (c == '\'' || c == '"') {
      end = sql.find(c, at + 1);
      if (end == std::string_view::npos) return {{}, false, "a text without an end"};
      ++end;
    }
    if (c == '?') {
      statement.parts.push_back(std::move(part));
      part.clear();
    } else {
      part += sql.substr(at, end - at);
    }
    at = end;
  }
  statement.parts.push_back(std::move(part));
  return statement;
}

void append_statement(std::string& out, const StatementText& statement,
                      const cinnabar_value* params) {
  out += statement.parts[0];
  for (std::size_t i = 1; i < statement.parts.size(); ++i) {
    // Apart from what stands around it: "- ?" with a negative number would begin a comment.
    out += ' ';
    append_value(out, params[i - 1]);
    out += ' ';
    out += statement.parts[i];
  }
}

}  // namespace cinnabar::mysql
