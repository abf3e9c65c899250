#include "new/new_plugin.hpp"

#include <cinnabar/error.hpp>
#include <cinnabar/nearest.hpp>

#include <algorithm>
#include <cctype>
#include <cstring>
#include <fstream>

namespace cinnabar::authoring {
namespace {

namespace fs = std::filesystem;

constexpr const char* kCommon = "common";
// A table's name has 64 characters at most, and the plugin's prefix leaves room for the rest.
constexpr std::size_t kNameSizeMax = 24;
constexpr std::size_t kIdSizeMax = 64;

Error invalid(const std::string& id, std::string reason) {
  return Error("authoring.name_invalid", {{"id", id}, {"reason", std::move(reason)}});
}

bool is_lower_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

// One part of an id: a letter, then letters, digits and single dashes.
bool is_part(std::string_view part) {
  if (part.empty() || part.front() < 'a' || part.front() > 'z' || part.back() == '-') return false;
  for (std::size_t i = 0; i < part.size(); ++i)
    if (!is_lower_or_digit(part[i]) && (part[i] != '-' || part[i - 1] == '-')) return false;
  return true;
}

std::vector<std::string> parts_of(const std::string& text, char separator) {
  std::vector<std::string> parts(1);
  for (const char c : text) {
    if (c == separator)
      parts.emplace_back();
    else
      parts.back() += c;
  }
  return parts;
}

// "time-stamp" to "TimeStamp" or "Time Stamp".
std::string capitalised(const std::string& name, const char* between) {
  std::string out;
  for (const std::string& word : parts_of(name, '-')) {
    if (!out.empty()) out += between;
    out += static_cast<char>(std::toupper(static_cast<unsigned char>(word[0])));
    out += word.substr(1);
  }
  return out;
}

std::string content_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::string content{std::istreambuf_iterator<char>(in), {}};
  if (!in) throw failure("the template " + file.string() + " cannot be read");
  return content;
}

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
    text.replace(at, from.size(), to);
}

std::string filled(std::string text, const Names& names) {
  std::string header = names.kind;
  std::replace(header.begin(), header.end(), '-', '_');
  if (header == "certificate_authority" || header == "timestamp_authority") header = "trust";
  const std::pair<const char*, std::string> values[] = {
      {"@id@", names.id},           {"@name@", names.name},
      {"@ident@", names.ident},     {"@Class@", names.class_name},
      {"@title@", names.title},     {"@interface@", "cinnabar." + names.kind + "/1"},
      {"@header@", std::move(header)}};
  for (const auto& [placeholder, value] : values) replace_all(text, placeholder, value);
  return text;
}

// "NAME_test.cpp" to "totp_test.cpp". A file that begins with a dot is stored without it, so that
// it means nothing where the templates lie.
std::string file_name(const fs::path& relative, const Names& names) {
  std::string name = relative.generic_string();
  replace_all(name, "NAME", names.ident);
  return name == "gitignore" ? ".gitignore" : name;
}

}  // namespace

Names names_of(const std::string& id, const std::string& kind) {
  const std::vector<std::string> parts = parts_of(id, '.');
  if (id.size() > kIdSizeMax)
    throw invalid(id, "it has more than " + std::to_string(kIdSizeMax) + " characters");
  if (parts.size() < 2)
    throw invalid(id, "put a domain that is yours before it, backwards: com.example.totp");
  for (const std::string& part : parts)
    if (!is_part(part))
      throw invalid(id, "\"" + part + "\" must be a small letter, then small letters, digits and "
                        "single dashes");
  if (parts[0] == "cinnabar") throw invalid(id, "\"cinnabar\" is the platform's own");
  Names names{id, parts.back(), parts.back(), {}, capitalised(parts.back(), " "), kind};
  if (names.name.size() > kNameSizeMax)
    throw invalid(id, "its last part has more than " + std::to_string(kNameSizeMax) +
                          " characters");
  std::replace(names.ident.begin(), names.ident.end(), '-', '_');
  // A class called after the plugin alone could meet one of the SDK: "host", "call".
  names.class_name = capitalised(names.name, "") +
                     capitalised(parts_of(kind, '-').back(), "");
  return names;
}

std::vector<std::string> template_kinds(const fs::path& templates) {
  std::vector<std::string> kinds;
  for (const auto& entry : fs::directory_iterator(templates))
    if (entry.is_directory() && entry.path().filename() != kCommon)
      kinds.push_back(entry.path().filename().string());
  std::sort(kinds.begin(), kinds.end());
  return kinds;
}

std::map<std::string, std::string> new_plugin_files(const fs::path& templates,
                                                    const Names& names) {
  const std::vector<std::string> kinds = template_kinds(templates);
  if (std::find(kinds.begin(), kinds.end(), names.kind) == kinds.end()) {
    std::string all;
    for (const std::string& kind : kinds) all += (all.empty() ? "" : ", ") + kind;
    throw Error("authoring.kind_unknown",
                {{"kind", names.kind}, {"nearest", nearest(names.kind, kinds)}, {"kinds", all}});
  }
  std::map<std::string, std::string> files;
  for (const fs::path& base : {templates / kCommon, templates / names.kind})
    for (const auto& entry : fs::recursive_directory_iterator(base))
      if (entry.is_regular_file())
        files[file_name(entry.path().lexically_relative(base), names)] =
            filled(content_of(entry.path()), names);
  return files;
}

void write_new_folder(const fs::path& folder, const std::map<std::string, std::string>& files) {
  std::error_code problem;
  const bool made = fs::create_directories(folder, problem);
  if (!problem && !made) throw Error("authoring.folder_exists", {{"folder", folder.string()}});
  for (const auto& [name, content] : files) {
    if (problem) break;
    fs::create_directories((folder / name).parent_path(), problem);
    std::ofstream file(folder / name, std::ios::binary);
    file << content;
    file.close();
    if (!problem && !file) problem = std::error_code(errno, std::generic_category());
  }
  if (!problem) return;
  std::error_code ignored;
  if (made) fs::remove_all(folder, ignored);
  throw Error("authoring.not_written",
              {{"folder", folder.string()}, {"reason", problem.message()}});
}

}  // namespace cinnabar::authoring
