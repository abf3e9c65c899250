// How a library was linked: what it asks of the process that loads it. Read from its bytes before
// it is loaded (System V ABI, chapter 5); what is cut off is read as far as it goes. Pure; any
// thread.
#pragma once

#include "check/report.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace cinnabar::authoring {

struct Linking {
  std::vector<std::string> needed;  // the libraries that it needs (DT_NEEDED)
  std::string search;               // where it looks for them (DT_RPATH, DT_RUNPATH)
  bool text_relocations = false;    // its code is written to when it is loaded
  bool executable_stack = false;    // all stacks of the process become executable
  bool writable_code = false;       // a segment is both
};
Linking read_linking(std::string_view library);

// What is wrong with it.
std::vector<Finding> linking_findings(const Linking& linking, const std::string& path);

// The needed libraries but for those of the language, which every system has.
std::vector<std::string> further_libraries(const Linking& linking);

}  // namespace cinnabar::authoring
