// What a check found. Values.
#pragma once

#include <cinnabar/describe.hpp>

namespace cinnabar::authoring {

struct Finding {
  std::string what;   // what is wrong
  std::string where;  // the call, the file or the symbol
  std::string fix;    // what to do
};
CINNABAR_DESCRIBE(Finding, what, where, fix)

// One check: passed when it found nothing.
struct CheckStep {
  std::string name;
  std::string detail;  // a figure, or why it was left out
  std::vector<Finding> findings;

  bool passed() const { return findings.empty(); }
};
CINNABAR_DESCRIBE(CheckStep, name, detail, findings)

}  // namespace cinnabar::authoring
