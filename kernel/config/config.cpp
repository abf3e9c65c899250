#include "kernel/config/config.hpp"

#include <cinnabar/nearest.hpp>

#include <toml++/toml.h>

#include <algorithm>
#include <charconv>
#include <sstream>

extern char** environ;

namespace cinnabar::kernel {
namespace {

[[noreturn]] void refuse(const std::string& where, const std::string& key,
                         const std::string& reason) {
  throw Error("config.invalid", {{"where", where}, {"key", key}, {"reason", reason}});
}

Json json_of(const toml::node& node) {
  if (const auto* table = node.as_table()) {
    Json out = Json::object();
    for (const auto& [key, value] : *table) out.set(key.str(), json_of(value));
    return out;
  }
  if (const auto* array = node.as_array()) {
    Json out = Json::array();
    for (const auto& item : *array) out.add(json_of(item));
    return out;
  }
  if (const auto value = node.value_exact<bool>()) return *value;
  if (const auto value = node.value_exact<std::int64_t>()) return *value;
  if (const auto value = node.value_exact<double>()) return *value;
  if (const auto value = node.value_exact<std::string>()) return *value;
  std::ostringstream text;  // dates and times, as they were written
  node.visit([&](const auto& exact) {
    if constexpr (!toml::is_table<decltype(exact)> && !toml::is_array<decltype(exact)>)
      text << exact.get();
  });
  return text.str();
}

// The member at a dotted path of a described struct, or null with the place where it stopped.
const Field* find_field(const Type& type, std::string_view name) {
  for (const Field& field : type.fields())
    if (field.name == name) return &field;
  return nullptr;
}

std::vector<std::string> split(std::string_view text, char by) {
  std::vector<std::string> parts;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find(by, at), text.size());
    parts.emplace_back(text.substr(at, end - at));
    at = end + 1;
  }
  return parts;
}

// A text from the environment or a flag, as the setting's type wants it.
Json parse_text(const Type& type, const std::string& text, const std::string& where,
                const std::string& key) {
  switch (type.kind) {
    case Kind::boolean:
      if (text == "true" || text == "1") return true;
      if (text == "false" || text == "0") return false;
      refuse(where, key, "must be true or false");
    case Kind::integer: {
      std::int64_t value = 0;
      const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
      if (error != std::errc() || end != text.data() + text.size())
        refuse(where, key, "must be an integer");
      return value;
    }
    case Kind::list: {
      if (text.starts_with("[")) try {
          return from_json<Json>(text);
        } catch (const Error&) {
          refuse(where, key, "begins with [ and is no JSON");
        }
      Json out = Json::array();
      if (!text.empty())
        for (auto& part : split(text, ',')) out.add(part);
      return out;
    }
    default: return text;
  }
}

// Sets "section.key" in the document. Unknown names are refused with the nearest one.
void set_text(Json& document, const std::string& key, const std::string& text,
              const std::string& where) {
  const auto parts = split(key, '.');
  const Field* section = find_field(type_of<Config>(), parts[0]);
  const Field* field = section && parts.size() == 2 && section->type().kind == Kind::object
                           ? find_field(section->type(), parts[1])
                           : nullptr;
  if (!field) {
    std::vector<std::string> known;
    for (const Field& s : type_of<Config>().fields())
      if (s.type().kind == Kind::object)
        for (const Field& f : s.type().fields())
          known.push_back(std::string(s.name) + "." + std::string(f.name));
    refuse(where, key, "is no setting; did you mean " + nearest(key, known) + "?");
  }
  Json values = document[parts[0]];
  values.set(parts[1], parse_text(field->type(), text, where, key));
  document.set(parts[0], std::move(values));
}

// "CINNABAR_SERVER_IO_THREADS" is "server.io_threads"; other variables of ours pass by.
std::string key_of_variable(const std::string& variable) {
  std::string name = variable.substr(std::string_view("CINNABAR_").size());
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  for (const Field& section : type_of<Config>().fields()) {
    const std::string prefix = std::string(section.name) + "_";
    if (section.type().kind == Kind::object && name.starts_with(prefix))
      return std::string(section.name) + "." + name.substr(prefix.size());
  }
  return {};
}

// The line of the file that a JSON pointer refers to; of the nearest parent if it is absent.
std::string place(const toml::table& table, const std::string& file, const std::string& pointer) {
  const toml::node* node = &table;
  for (const auto& part : split(pointer, '/')) {
    if (part.empty()) continue;
    const toml::node* next = nullptr;
    if (const auto* t = node->as_table())
      next = t->get(part);
    else if (const auto* a = node->as_array())
      next = a->get(static_cast<std::size_t>(std::atoi(part.c_str())));
    if (!next) break;
    node = next;
  }
  return file + ":" + std::to_string(node->source().begin.line);
}

// The known names beside an unknown one, so that the message can suggest.
std::string suggestion(const std::string& pointer) {
  const auto parts = split(pointer.empty() ? "" : pointer.substr(1), '/');
  const Type* type = &type_of<Config>();
  for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
    const Field* field = type->kind == Kind::object ? find_field(*type, parts[i]) : nullptr;
    if (!field) return {};
    type = &field->type();
  }
  if (type->kind != Kind::object || find_field(*type, parts.back())) return {};
  std::vector<std::string> known;
  for (const Field& field : type->fields()) known.emplace_back(field.name);
  return nearest(parts.back(), known);
}

std::string dotted(std::string pointer) {
  if (!pointer.empty()) pointer.erase(0, 1);
  std::replace(pointer.begin(), pointer.end(), '/', '.');
  return pointer;
}

}  // namespace

Config load_config(const ConfigSources& sources) {
  toml::table table;
  const std::string file = sources.file.string();
  if (!file.empty()) {
    if (!std::filesystem::is_regular_file(sources.file)) refuse(file, "", "there is no such file");
    try {
      table = toml::parse_file(file);
    } catch (const toml::parse_error& error) {
      refuse(file + ":" + std::to_string(error.source().begin.line), "",
             std::string(error.description()));
    }
  }
  Json document = json_of(table);
  for (const auto& [variable, text] : sources.environment)
    if (const std::string key = key_of_variable(variable); !key.empty())
      set_text(document, key, text, "environment " + variable);
  for (const auto& [key, text] : sources.flags) set_text(document, key, text, "command line");

  try {
    return from_json<Config>(to_json(document), Reading::strict);
  } catch (const Error& error) {
    std::string reason;
    for (const auto& [name, value] : error.params()) reason += value;
    if (const std::string near = suggestion(error.pointer()); !near.empty())
      reason = "is no setting; did you mean " + near + "?";
    refuse(file.empty() ? "settings" : place(table, file, error.pointer()), dotted(error.pointer()),
           reason);
  }
}

std::map<std::string, std::string> cinnabar_environment() {
  std::map<std::string, std::string> out;
  for (char** entry = environ; entry && *entry; ++entry) {
    const std::string_view text(*entry);
    const std::size_t equals = text.find('=');
    if (text.starts_with("CINNABAR_") && equals != std::string_view::npos)
      out.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return out;
}

std::string config_reference() {
  const Config defaults;
  std::string out =
      "# Every setting with its default. Generated by `cinnabar config`; a copy of it, edited, is "
      "a\n"
      "# configuration file. A setting can also come from the environment: server.port from\n"
      "# CINNABAR_SERVER_PORT.\n";
  for (const Field& section : type_of<Config>().fields()) {
    if (section.type().kind != Kind::object) continue;
    out += "\n[" + std::string(section.name) + "]\n";
    for (const Field& field : section.type().fields()) {
      void* values = section.at(const_cast<Config*>(&defaults));
      out += "# " + std::string(field.options.doc) + "\n" + std::string(field.name) + " = " +
             write_json(field.type(), field.at(values)) + "\n";
    }
  }
  out +=
      "\n# A plugin's own settings go into a table with its id, for example:\n"
      "# [plugin.\"com.example.totp\"]\n# digits = 6\n";
  return out;
}

}  // namespace cinnabar::kernel
