// Configurations for a check, made from the JSON Schema in a manifest: one that the plugin should
// accept, another one, and those that it should refuse. Pure; any thread.
#pragma once

#include "check/secrets.hpp"

#include <cinnabar/value.hpp>

namespace cinnabar::authoring {

// What is required and what is secret, with values that fit; `fixture` (check.json) may know
// better: its member "config" replaces and completes them.
Json usual_config(const Json& schema, const Json& fixture);

// As usual, but every value that can be another one is.
Json other_config(const Json& schema, const Json& fixture);

// The values in it that the schema calls secret.
std::vector<Secret> config_secrets(const Json& schema, const Json& config);

struct WrongConfig {
  std::string name;  // what is wrong with it, as "the unknown key \"x\""
  std::string text;
  std::string fix;
  std::string missing{};  // the required key that it lacks
  bool document = true;   // false: only that it is survived is asked
};
std::vector<WrongConfig> wrong_configs(const Json& schema, const Json& usual);

// Places in the schema that let unknown keys pass, as JSON pointers.
std::vector<std::string> open_objects(const Json& schema);

}  // namespace cinnabar::authoring
