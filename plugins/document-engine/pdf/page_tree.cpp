#include "page_tree.hpp"

#include "limits.hpp"

#include <cinnabar/error.hpp>

#include <cmath>
#include <optional>
#include <set>

namespace cinnabar::pdf {

namespace {

// What a page has from the nodes above it.
struct Inherited {
  std::optional<Box> media;
  std::optional<Box> crop;
  int rotate = 0;
};

// The box that readers assume when a page has none.
constexpr Box kLetter{0, 0, 612'000'000, 792'000'000};

Error damaged(const std::string& reason) { return Error("document.damaged", {{"reason", reason}}); }

Micro micro_of(QPDFObjectHandle number) {
  if (number.isInteger()) return parse_micro(std::to_string(number.getIntValue()));
  return number.isReal() ? parse_micro(number.getRealValue()) : 0;
}

std::optional<Box> read_box(QPDFObjectHandle array) {
  if (!array.isArray() || array.getArrayNItems() != 4) return std::nullopt;
  Micro side[4];
  for (int i = 0; i < 4; ++i) {
    if (!array.getArrayItem(i).isNumber()) return std::nullopt;
    side[i] = micro_of(array.getArrayItem(i));
  }
  return Box{std::min(side[0], side[2]), std::min(side[1], side[3]), std::max(side[0], side[2]),
             std::max(side[1], side[3])};
}

int read_rotate(QPDFObjectHandle value, int inherited) {
  if (value.isNull()) return inherited;
  if (!value.isInteger() || value.getIntValue() % 90 != 0) return 0;
  return static_cast<int>((value.getIntValue() % 360 + 360) % 360);
}

double read_user_unit(QPDFObjectHandle value) {
  if (!value.isNumber()) return 1;
  const double unit = value.getNumericValue();
  return unit > 0 && std::isfinite(unit) ? unit : 1;
}

PageGeometry read_geometry(QPDFObjectHandle page, const Inherited& attributes, std::size_t index) {
  PageGeometry out;
  const Box media = attributes.media.value_or(kLetter);
  if (media.empty()) throw damaged("page " + std::to_string(index) + " has no area");
  out.crop = attributes.crop ? intersection(*attributes.crop, media) : media;
  if (out.crop.empty()) out.crop = media;
  out.rotate = attributes.rotate;
  out.user_unit = read_user_unit(page.getKey("/UserUnit"));
  if (std::max(out.display_width(), out.display_height()) > kPageSideMax)
    throw Error("document.too_complex",
                {{"reason", "page " + std::to_string(index) + " is larger than 15000 points"}});
  return out;
}

class Walk {
 public:
  Walk(int pages_max, std::vector<Page>& out) : pages_max_(pages_max), out_(out) {}

  void visit(QPDFObjectHandle node, Inherited attributes, int depth) {
    if (!node.isDictionary()) throw damaged("a page tree node is no dictionary");
    if (auto box = read_box(node.getKey("/MediaBox"))) attributes.media = box;
    if (auto box = read_box(node.getKey("/CropBox"))) attributes.crop = box;
    attributes.rotate = read_rotate(node.getKey("/Rotate"), attributes.rotate);
    QPDFObjectHandle kids = node.getKey("/Kids");
    if (!kids.isArray()) {
      add_page(node, attributes);
      return;
    }
    if (depth >= kTreeDepthMax) throw too_complex("the page tree is nested too deeply");
    if (node.isIndirect() && !seen_.insert(node.getObjGen()).second)
      throw too_complex("the page tree refers to itself");
    for (int i = 0; i < kids.getArrayNItems(); ++i)
      visit(kids.getArrayItem(i), attributes, depth + 1);
  }

 private:
  static Error too_complex(const std::string& reason) {
    return Error("document.too_complex", {{"reason", reason}});
  }

  void add_page(QPDFObjectHandle node, const Inherited& attributes) {
    if (!node.isIndirect()) throw damaged("a page is no indirect object");
    if (static_cast<int>(out_.size()) >= pages_max_)
      throw Error("document.too_many_pages", {{"pages_max", std::to_string(pages_max_)}});
    out_.push_back({node, read_geometry(node, attributes, out_.size() + 1)});
  }

  int pages_max_;
  std::vector<Page>& out_;
  std::set<QPDFObjGen> seen_;
};

}  // namespace

std::vector<Page> read_page_tree(QPDF& pdf, int pages_max) {
  std::vector<Page> pages;
  QPDFObjectHandle root = pdf.getRoot().getKey("/Pages");
  if (!root.isDictionary()) throw damaged("the document has no page tree");
  Walk(pages_max, pages).visit(root, {}, 0);
  return pages;
}

}  // namespace cinnabar::pdf
