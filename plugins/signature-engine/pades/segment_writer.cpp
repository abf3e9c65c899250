#include "segment_writer.hpp"

#include "pdf_text.hpp"

#include <algorithm>

namespace cinnabar::pades {
namespace {

// A table's offsets have ten digits (ISO 32000-2 7.5.4).
constexpr std::int64_t kOffsetMax = 9'999'999'999;

void append_padded(std::string& out, std::int64_t value, std::size_t digits) {
  std::string text;
  append_integer(text, value);
  out.append(digits - std::min(digits, text.size()), '0');
  out += text;
}

// Calls run(first, count) for each stretch of consecutive numbers.
template <class Offsets, class Run>
void each_run(const Offsets& offsets, Run run) {
  for (std::size_t first = 0; first < offsets.size();) {
    std::size_t end = first + 1;
    while (end < offsets.size() && offsets[end].first == offsets[end - 1].first + 1) ++end;
    run(first, end - first);
    first = end;
  }
}

}  // namespace

SegmentWriter::SegmentWriter(const Place& place, const FieldMap& map, std::size_t size_hint)
    : place_(place), map_(map), next_object_(place.next_object) {
  bytes.reserve(size_hint);
  // The document may lack a final line end; an empty line does no harm.
  bytes += '\n';
}

void SegmentWriter::begin_object(std::int64_t number) {
  offsets_.emplace_back(number, place_.length + static_cast<std::int64_t>(bytes.size()));
  append_integer(bytes, number);
  bytes += " 0 obj\n";
}

void SegmentWriter::write_dictionary(std::int64_t number, std::string_view dictionary) {
  begin_object(number);
  bytes += "<<";
  bytes += dictionary;
  bytes += ">>";
  end_object();
}

void SegmentWriter::write_stream(std::int64_t number, std::string_view dictionary,
                                 std::string_view data) {
  begin_object(number);
  bytes += "<<";
  bytes += dictionary;
  bytes += " /Length ";
  append_integer(bytes, static_cast<std::int64_t>(data.size()));
  bytes += ">>\nstream\n";
  bytes += data;
  bytes += "\nendstream";
  end_object();
}

void SegmentWriter::append_trailer_entries() {
  bytes += map_.trailer_dictionary;
  bytes += "\n/Size ";
  append_integer(bytes, next_object_);
  bytes += " /Prev ";
  append_integer(bytes, place_.start_xref);
}

void SegmentWriter::write_table() {
  bytes += "xref\n";
  each_run(offsets_, [&](std::size_t first, std::size_t count) {
    append_integer(bytes, offsets_[first].first);
    bytes += ' ';
    append_integer(bytes, static_cast<std::int64_t>(count));
    bytes += '\n';
    for (std::size_t i = first; i < first + count; ++i) {
      append_padded(bytes, offsets_[i].second, 10);
      bytes += " 00000 n \n";
    }
  });
  bytes += "trailer\n<<";
  append_trailer_entries();
  bytes += ">>\n";
}

// ISO 32000-2 7.5.8, without a filter: the entries of one act are few.
void SegmentWriter::write_xref_stream() {
  const std::int64_t number = new_object();
  begin_object(number);
  std::sort(offsets_.begin(), offsets_.end());

  int width = 1;
  for (std::int64_t rest = start_xref_ >> 8; rest != 0; rest >>= 8) ++width;
  std::string index, entries;
  each_run(offsets_, [&](std::size_t first, std::size_t count) {
    append_integer(index, offsets_[first].first);
    index += ' ';
    append_integer(index, static_cast<std::int64_t>(count));
    index += ' ';
  });
  for (const auto& [object, offset] : offsets_) {
    entries += '\1';  // type: in use, not compressed; the generation has width 0 and is thus 0
    for (int shift = 8 * (width - 1); shift >= 0; shift -= 8)
      entries += static_cast<char>(offset >> shift & 0xFF);
  }
  index.pop_back();
  bytes += "<</Type /XRef /W [1 ";
  append_integer(bytes, width);
  bytes += " 0] /Index [" + index + "] /Length ";
  append_integer(bytes, static_cast<std::int64_t>(entries.size()));
  bytes += ' ';
  append_trailer_entries();
  bytes += ">>\nstream\n" + entries + "\nendstream";
  end_object();
}

void SegmentWriter::finish() {
  start_xref_ = place_.length + static_cast<std::int64_t>(bytes.size());
  if (start_xref_ > kOffsetMax) throw Error("signature.document_too_large");
  if (map_.xref_kind == "stream") {
    write_xref_stream();
  } else {
    std::sort(offsets_.begin(), offsets_.end());
    write_table();
  }
  bytes += "startxref\n";
  append_integer(bytes, start_xref_);
  bytes += "\n%%EOF\n";
}

}  // namespace cinnabar::pades
