// A plugin's migrations as they lie in its folder: numbered scripts (NNN_name.sql), each of which
// is applied once, in order. Functions over files and texts; any thread.
#pragma once

#include <cinnabar/error.hpp>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cinnabar::package {

struct MigrationSource {
  std::string component;         // plugin id
  std::filesystem::path folder;  // its NNN_name.sql files; a folder that is not there holds none
  // Throws for the text of a script that is not the one that was signed; empty: nobody signed it.
  std::function<void(const std::string& file, std::string_view text)> check = {};
  bool later_allowed = false;  // the database may know later ones
  // Code of an earlier version runs on: what is to be applied may only add. Else
  // "migration.invalid".
  bool only_adds = false;
};

struct Migration {
  int number = 0;
  std::string name;
  std::string sql;
};

inline Error invalid_migration(const std::string& component, const std::string& file,
                               const std::string& reason) {
  return Error("migration.invalid", {{"component", component}, {"file", file}, {"reason", reason}},
               {}, CINNABAR_FAILED);
}

namespace detail {

// Only such texts are put into a script as they are, hence they need no quoting.
inline bool is_plain(std::string_view text) {
  return !text.empty() && text.size() <= 100 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.' ||
           (c >= 'A' && c <= 'Z');
  });
}

inline Migration read_migration(const MigrationSource& source, const std::filesystem::path& path) {
  const std::string& component = source.component;
  const std::string stem = path.stem().string();
  const bool numbered =
      stem.size() > 4 && stem[3] == '_' && is_plain(stem) &&
      std::all_of(stem.begin(), stem.begin() + 3, [](char c) { return c >= '0' && c <= '9'; });
  if (!numbered || stem.starts_with("000"))
    throw invalid_migration(component, path.string(), "its name must be NNN_name.sql, from 001 on");
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file || text.str().empty())
    throw invalid_migration(component, path.string(), "it cannot be read");
  if (source.check) source.check("migrations/" + path.filename().string(), text.str());
  return {std::stoi(stem.substr(0, 3)), stem.substr(4), text.str()};
}

}  // namespace detail

// In order of their numbers. Throws Error "migration.invalid".
inline std::vector<Migration> read_migrations(const MigrationSource& source) {
  std::vector<Migration> found;
  if (!detail::is_plain(source.component))
    throw invalid_migration(source.component, source.folder.string(),
                            "the component's name is not plain");
  if (source.folder.empty() || !std::filesystem::is_directory(source.folder)) return found;
  for (const auto& entry : std::filesystem::directory_iterator(source.folder))
    if (entry.path().extension() == ".sql")
      found.push_back(detail::read_migration(source, entry.path()));
  std::sort(found.begin(), found.end(),
            [](const Migration& a, const Migration& b) { return a.number < b.number; });
  return found;
}

// The first word of a script by which code of an earlier version may lose what it works with;
// empty: there is none. Words in comments and in quotes do not count. An index is nobody's need.
inline std::string narrowing_word(std::string_view sql) {
  std::string word, before;
  char quote = 0;
  for (std::size_t i = 0; i <= sql.size(); ++i) {
    const char c = i < sql.size() ? sql[i] : ' ';
    if (quote) {
      if (c == quote) quote = 0;
    } else if (std::isalnum(static_cast<unsigned char>(c)) || c == '_') {
      word += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    } else {
      if (before == "DROP" && !word.empty() && word != "INDEX") return before;
      for (const char* one : {"RENAME", "MODIFY", "CHANGE", "TRUNCATE"})
        if (word == one) return word;
      if (!word.empty()) before = std::exchange(word, {});
      if (c == '\'' || c == '"' || c == '`') quote = c;
      if (c == '-' && sql.substr(i).starts_with("--")) i = std::min(sql.find('\n', i), sql.size());
    }
  }
  return {};
}

// Throws Error "migration.invalid" for one that code of an earlier version could not live with.
inline void check_only_adds(const std::string& component, const Migration& migration) {
  const std::string word = narrowing_word(migration.sql);
  if (!word.empty())
    throw invalid_migration(component, migration.name,
                            "it says " + word + ", and the version that runs would miss what that "
                                                "takes; admit it and restart the server instead");
}

}  // namespace cinnabar::package
