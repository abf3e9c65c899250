// Documents that nobody means: made from one that is right. Pure; any thread.
#pragma once

#include <cinnabar/value.hpp>

#include <functional>

namespace cinnabar::authoring {

struct OddDocument {
  std::string text;
  bool json = true;  // false: no JSON document, which no method may take
};

// Calls `each` until it says that it had enough.
void odd_documents(const std::string& right, const std::function<bool(const OddDocument&)>& each);

}  // namespace cinnabar::authoring
