// The limits of the strict reader, in one place, each with its reason.
//
// They keep a hostile file from spending the worker's memory or time; the worker's own rlimits
// stand behind them. Constants: any thread.
#pragma once

#include <cstddef>
#include <cstdint>

namespace cinnabar::pdf {

// Object numbers beyond this are outside ISO 32000-1 Annex C; only attacks use them.
inline constexpr std::int64_t kObjectNumberMax = 8'388'607;
// Direct nesting of arrays and dictionaries. Real files stay below 30.
inline constexpr int kNestingMax = 250;
// Values inside one indirect object: a number tree of a large tagged document holds some 100,000.
// Each takes some 140 bytes while it is looked at.
inline constexpr std::size_t kValuesPerObjectMax = 400'000;
// Entries of all cross-reference sections together, 48 bytes each; a document of 10,000 pages has
// some 500,000.
inline constexpr std::size_t kEntriesMax = 1'500'000;
// Sections of the cross-reference chain: a contract with 50 parties has about 120.
inline constexpr std::size_t kSectionsMax = 1'000;
// References followed for one value, and levels of page or field trees.
inline constexpr int kReferenceDepthMax = 32;
inline constexpr int kTreeDepthMax = 200;
// Inflated bytes of one structural stream (cross-reference or object stream), and of all of them.
inline constexpr std::size_t kStructureStreamMax = 32u << 20;
inline constexpr std::size_t kStructureTotalMax = 256u << 20;
// The same with those that are inflated again, because not all are kept.
inline constexpr std::size_t kInflatedMax = std::size_t{2} << 30;
// Of these, what is kept at a time.
inline constexpr std::size_t kStructureKeptMax = 48u << 20;
// Values of objects that are kept between two revisions, some 200 bytes each.
inline constexpr std::size_t kValuesKeptMax = 200'000;
// Fields an AcroForm may hold: a page seal on each of 1,000 pages for 50 parties. Some 3 KB each
// while an update is looked at.
inline constexpr std::size_t kFieldsMax = 60'000;
// Signatures one file may carry: 50 parties and their timestamps stay far below.
inline constexpr std::size_t kSignaturesMax = 1'000;

}  // namespace cinnabar::pdf
