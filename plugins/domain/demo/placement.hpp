// Where the demonstration puts its controls on an unknown document: pure geometry. Rectangles are
// 1/1000 point from the top left of the page as displayed.
#pragma once

#include <cinnabar/services/document_engine.hpp>

namespace cinnabar {

struct Placement {
  std::string id;
  std::string party;  // "enterprise" or "person"
  std::string kind;
  int page = 1;
  PageRect rect;
  std::string label;
  std::string value;  // what the demonstration fills in
};

// Fill-in controls along the top of the first page, the seal and the signature at the foot of the
// last, a page seal over all pages when there are several. Throws Error "demo.usage" when a page is
// too small for a seal.
std::vector<Placement> place_controls(const std::vector<PageSize>& pages);

}  // namespace cinnabar
