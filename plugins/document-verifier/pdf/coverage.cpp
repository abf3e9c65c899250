#include "coverage.hpp"

#include <cinnabar/pdf/parser.hpp>

#include <algorithm>

namespace cinnabar::pdf {

namespace {

using Kind = Object::Kind;

// Bytes between %%EOF and the end of what was signed; padding to a block is the most there is.
constexpr std::size_t kSpaceMax = 4096;

bool is_space(std::string_view bytes) {
  return std::all_of(bytes.begin(), bytes.end(),
                     [](char c) { return is_pdf_space(static_cast<unsigned char>(c)); });
}

bool is_hex(std::string_view bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  });
}

// The four numbers, when they describe two ranges inside the file, the first from its start.
bool read_range(const Object& range, std::size_t file_size, std::int64_t (&out)[4]) {
  if (!range.is(Kind::array) || range.items.size() != 4) return false;
  for (std::size_t i = 0; i < 4; ++i) {
    if (!range.items[i].is(Kind::integer) || range.items[i].integer < 0) return false;
    out[i] = range.items[i].integer;
  }
  const auto size = static_cast<std::int64_t>(file_size);
  return out[0] == 0 && out[1] > 0 && out[1] < out[2] && out[2] <= size && out[3] <= size - out[2];
}

// The revision that ends where the covered bytes end, white space more or less.
void match_revision(const File& file, std::size_t end, Coverage& out) {
  for (std::size_t i = 0; i <= file.last(); ++i) {
    const std::size_t revision_end = file.revisions()[i].end;
    if (end < revision_end || end - revision_end > kSpaceMax) continue;
    if (!is_space(file.bytes().substr(revision_end, end - revision_end))) continue;
    out.revision = i;
    out.whole_revision = true;
  }
}

}  // namespace

Coverage read_coverage(const File& file, const FoundSignature& signature) {
  Coverage out;
  const Object& dictionary = signature.dictionary;
  if (!signature.in_file()) {
    out.problems.push_back("signature_in_object_stream");
    return out;
  }
  if (dictionary.repeated_key) out.problems.push_back("dictionary_ambiguous");
  const Object& contents = dictionary.at("Contents");
  if (!contents.is(Kind::string) || contents.text.find_first_not_of('\0') == std::string::npos) {
    out.problems.push_back("contents_empty");
    return out;
  }
  std::int64_t range[4];
  const Object& written = file.resolve_at(dictionary, "ByteRange", signature.revision);
  if (!read_range(written, file.bytes().size(), range)) {
    out.problems.push_back("byte_range_invalid");
    return out;
  }
  const auto gap = static_cast<std::size_t>(range[1]), resume = static_cast<std::size_t>(range[2]);
  const std::size_t end = resume + static_cast<std::size_t>(range[3]);
  // The gap must be the Contents of this very dictionary: signature wrapping puts another there.
  const std::string_view bytes = file.bytes();
  if (gap != contents.begin || resume != contents.end || bytes[gap] != '<' ||
      bytes[resume - 1] != '>' || !is_hex(bytes.substr(gap + 1, resume - gap - 2)))
    out.problems.push_back("gap_is_not_contents");
  out.before = bytes.substr(0, gap);
  out.after = bytes.substr(resume, end - resume);
  match_revision(file, end, out);
  if (!out.whole_revision || out.revision != signature.revision) {
    out.whole_revision = false;
    out.problems.push_back("signed_bytes_are_no_revision");
  }
  out.whole_file = out.whole_revision && end == bytes.size();
  return out;
}

}  // namespace cinnabar::pdf
