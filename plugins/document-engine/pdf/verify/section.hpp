// One section of the cross-reference chain: a table or a stream, with its trailer.
//
// Owner: verify/. Pure functions: any thread. Source: ISO 32000-2, 7.5.4 and 7.5.8.
#pragma once

#include "object.hpp"

#include <optional>
#include <utility>

namespace cinnabar::pdf {

struct Entry {
  enum class Kind { free, plain, compressed };
  Kind kind = Kind::free;
  std::int64_t place = 0;   // plain: offset in the file; compressed: number of the object stream
  std::int64_t detail = 0;  // plain and free: generation; compressed: index in the stream
  bool operator==(const Entry&) const = default;
};

using Entries = std::vector<std::pair<std::int64_t, Entry>>;  // sorted by object number

struct Section {
  bool is_stream = false;
  std::size_t begin = 0;
  std::size_t end = 0;             // behind the trailer dictionary, or behind endobj
  std::int64_t stream_number = 0;  // is_stream: its own object number
  Object trailer;
  Entries entries;
  std::int64_t subsections = 0;
  std::optional<std::size_t> previous;
  std::optional<std::size_t> hybrid;  // /XRefStm of a table
};

// Reads the section at an offset. Throws Malformed when it is not exactly as the standard has it.
Section read_section(std::string_view file, std::size_t offset);

const Entry* find_entry(const Entries& entries, std::int64_t number);

}  // namespace cinnabar::pdf
