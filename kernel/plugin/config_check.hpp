// Validation of a plugin's configuration against the JSON Schema in its manifest: the subset that
// manifests use (type, properties, required, additionalProperties, items, enum, minimum, maximum,
// minLength, maxLength; JSON Schema 2020-12). Pure functions; any thread.
#pragma once

#include <cinnabar/value.hpp>

#include <optional>
#include <string>

namespace cinnabar::kernel {

struct ConfigProblem {
  std::string pointer;
  std::string reason;
};

// What is wrong with the schema itself; a manifest without configuration has a null one.
std::optional<ConfigProblem> schema_problem(const Json& schema);

// What is wrong with a configuration. Members that the schema does not name are refused.
std::optional<ConfigProblem> config_problem(const Json& schema, const Json& config);

// The members of `base`, replaced and completed by those of `over`.
Json merged_config(const Json& base, const Json& over);

}  // namespace cinnabar::kernel
