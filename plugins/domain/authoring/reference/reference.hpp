// The reference of the interfaces, made from what the SDK's headers describe: one source for what
// crosses the boundary, and for what is said of it. Values; any thread.
#pragma once

#include <cinnabar/service.hpp>

#include <string>
#include <vector>

namespace cinnabar::authoring {

struct InterfaceInfo {
  std::string_view id;      // "cinnabar.seal-type/1"
  std::string_view header;  // "seal_type"
  bool stable = false;
  bool provided = true;  // an extension point; else a service to call
  const std::vector<MethodInfo>* methods = nullptr;
};

// Every interface whose calls are described, extension points first.
const std::vector<InterfaceInfo>& described_interfaces();

// Markdown of one interface. Structs that are in `known` are only named; the others join it.
std::string interface_markdown(const InterfaceInfo& interface, std::vector<const Type*>& known);

// The whole page.
std::string reference_page();

}  // namespace cinnabar::authoring
