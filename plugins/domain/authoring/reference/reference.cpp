#include "reference/reference.hpp"

#include <algorithm>

namespace cinnabar::authoring {
namespace {

using Known = std::vector<const Type*>;

constexpr const char* kHead =
    R"(# Reference of the interfaces

Made from the headers of the SDK by `cinnabar plugin reference`; do not edit. A field stands with
its type and what is asked of it: a text has at most 4096 characters and a list 1000 items unless
something else is said. *personal* data is scrubbed from logs, *secret* data is never printed.
Errors and what a method owes its caller stand in the header.

The interfaces for what is called often or carries many bytes are tables of C functions instead:
`cinnabar.database/1`, `cinnabar.blob-store/1`, `cinnabar.key-store/1`, in `<cinnabar/abi.h>` and
`<cinnabar/tables.hpp>`.
)";

std::string type_text(const Type& type) {
  switch (type.kind) {
    case Kind::boolean: return "yes or no";
    case Kind::integer: return "integer";
    case Kind::number: return "number";
    case Kind::text: return "text";
    case Kind::bytes: return "bytes";
    case Kind::time: return "time";
    case Kind::json: return "JSON";
    case Kind::enumeration: {
      std::string out;
      for (const std::string_view name : type.names())
        out += (out.empty() ? "" : ", ") + std::string(name);
      return out;
    }
    case Kind::object: return "`" + std::string(type.name) + "`";
    case Kind::list: return "list of " + type_text(type.element());
    case Kind::map: return "map to " + type_text(type.element());
    case Kind::optional: return type_text(type.element()) + ", or nothing";
  }
  return {};
}

// The innermost type: what a list is a list of.
const Type& innermost(const Type& type) {
  const bool wrapped =
      type.kind == Kind::list || type.kind == Kind::map || type.kind == Kind::optional;
  return wrapped ? innermost(type.element()) : type;
}

std::string number_text(double value) {
  const auto whole = static_cast<std::int64_t>(value);
  return static_cast<double>(whole) == value ? std::to_string(whole) : std::to_string(value);
}

std::string asked(const Field& field) {
  const FieldOptions& options = field.options;
  std::vector<std::string> parts;
  if (options.required) parts.push_back("required");
  if (innermost(field.type()).kind == Kind::text &&
      (options.length_min != 0 || options.length_max != kTextLengthMax))
    parts.push_back(std::to_string(options.length_min) + " to " +
                    std::to_string(options.length_max) + " characters");
  if (options.items_min != 0 || options.items_max != kListItemsMax)
    parts.push_back(std::to_string(options.items_min) + " to " +
                    std::to_string(options.items_max) + " items");
  if (options.minimum && options.maximum)
    parts.push_back(number_text(*options.minimum) + " to " + number_text(*options.maximum));
  if (*options.format) parts.push_back("format " + std::string(options.format));
  if (options.personal) parts.push_back("personal");
  if (options.secret) parts.push_back("secret");
  if (*options.doc) parts.push_back(options.doc);
  std::string out;
  for (const std::string& part : parts) out += (out.empty() ? "" : "; ") + part;
  return out;
}

// The struct and those that it is made of, each once.
void append_struct(const Type& type, Known& known, std::string& out) {
  if (type.kind != Kind::object || std::find(known.begin(), known.end(), &type) != known.end())
    return;
  known.push_back(&type);
  out += "\n**" + std::string(type.name) + "**";
  if (type.fields().empty()) {
    out += ": nothing.\n";
    return;
  }
  out += "\n\n| field | type | |\n| --- | --- | --- |\n";
  for (const Field& field : type.fields()) {
    const std::string rules = asked(field);
    out += "| " + std::string(field.name) + " | " + type_text(field.type()) + " |" +
           (rules.empty() ? "" : " " + rules) + " |\n";
  }
  for (const Field& field : type.fields()) append_struct(innermost(field.type()), known, out);
}

}  // namespace

std::string interface_markdown(const InterfaceInfo& interface, Known& known) {
  std::string out = "\n## " + std::string(interface.id) + "\n\n" +
                    (interface.stable ? "Stable" : "Draft") + ", " +
                    (interface.provided ? "to be provided" : "to be called") +
                    ": `<cinnabar/services/" + std::string(interface.header) + ".hpp>`\n\n";
  for (const MethodInfo& method : *interface.methods)
    out += "- `" + std::string(method.name) + "`: " + type_text(method.request()) + " to " +
           type_text(method.result()) + "\n";
  for (const MethodInfo& method : *interface.methods) {
    append_struct(method.request(), known, out);
    append_struct(method.result(), known, out);
  }
  return out;
}

std::string reference_page() {
  std::string out = kHead;
  Known known;
  for (const InterfaceInfo& interface : described_interfaces())
    out += interface_markdown(interface, known);
  return out;
}

}  // namespace cinnabar::authoring
