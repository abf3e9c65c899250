// The ways in which a workbook is refused. Values; any thread.
#pragma once

#include <cinnabar/error.hpp>

#include <cstdint>

namespace cinnabar::xlsx {

inline Error damaged(std::string reason) {
  return Error("spreadsheet.damaged", {{"reason", std::move(reason)}});
}
inline Error unsafe(std::string reason) {
  return Error("spreadsheet.unsafe", {{"reason", std::move(reason)}});
}
// `what` is for those who look closer; the text says only that it is too much.
inline Error too_large(std::string what, std::uint64_t max) {
  return Error("spreadsheet.too_large", {{"what", std::move(what)}, {"max", std::to_string(max)}});
}
// One of the limits that people run into with a table of their own.
inline Error too_many(const char* code, std::int64_t max) {
  return Error(code, {{"max", std::to_string(max)}});
}

}  // namespace cinnabar::xlsx
