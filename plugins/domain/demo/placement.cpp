#include "placement.hpp"

#include <algorithm>

namespace cinnabar {
namespace {

constexpr std::int64_t kMargin = 20'000;
constexpr std::int64_t kSealSide = 121'000;  // holds a seal of 42 mm, 119.06 points
constexpr std::int64_t kSignatureWidth = 90'000;
constexpr std::int64_t kSignatureHeight = 60'000;
constexpr std::int64_t kLineHeight = 18'000;
constexpr std::int64_t kTextWidth = 200'000;

PageRect inside(const PageSize& page, PageRect rect) {
  rect.width = std::min(rect.width, page.width);
  rect.height = std::min(rect.height, page.height);
  rect.x = std::clamp<std::int64_t>(rect.x, 0, page.width - rect.width);
  rect.y = std::clamp<std::int64_t>(rect.y, 0, page.height - rect.height);
  return rect;
}

}  // namespace

std::vector<Placement> place_controls(const std::vector<PageSize>& pages) {
  if (pages.empty()) throw Error("demo.usage", {{"reason", "The document has no page"}});
  const PageSize& first = pages.front();
  const PageSize& last = pages.back();
  const int last_page = static_cast<int>(pages.size());
  if (last.width < kSealSide || last.height < kSealSide)
    throw Error("demo.usage", {{"reason", "The last page is smaller than a seal of 42 mm"}});

  std::vector<Placement> out;
  const auto line = [&](int index, std::int64_t width) {
    return inside(first, {kMargin, kMargin + index * (kLineHeight + 4'000), width, kLineHeight});
  };
  out.push_back({"number", "enterprise", "text", 1, line(0, kTextWidth), "合同编号",
                 "朱砂合字〔2026〕第 118 号"});
  out.push_back({"date", "enterprise", "date", 1, line(1, kTextWidth), "签订日期", "2026-11-21"});
  out.push_back({"address", "person", "text", 1, line(2, 2 * kTextWidth), "住址",
                 "上海市徐汇区漕溪北路 88 号，𠮷野龘"});
  out.push_back({"agreed", "person", "checkbox", 1, line(3, kLineHeight), "已阅读", "true"});

  const std::int64_t foot = last.height - kMargin;
  out.push_back({"seal", "enterprise", "enterprise_seal", last_page,
                 inside(last, {kMargin, foot - kSealSide, kSealSide, kSealSide}), "甲方盖章", ""});
  out.push_back({"signature", "person", "personal_signature", last_page,
                 inside(last, {last.width - kMargin - kSignatureWidth, foot - kSignatureHeight,
                               kSignatureWidth, kSignatureHeight}),
                 "乙方签字", ""});
  const auto holds_seal = [](const PageSize& p) { return p.height >= kSealSide; };
  if (pages.size() > 1 && std::all_of(pages.begin(), pages.end(), holds_seal))
    out.push_back({"page_seal",
                   "enterprise",
                   "page_seal",
                   0,
                   {0, (first.height - kSealSide) / 2, kSealSide, kSealSide},
                   "骑缝章",
                   ""});
  return out;
}

}  // namespace cinnabar
