#include "checks.hpp"

#include <cinnabar/pdf/form.hpp>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <set>

namespace cinnabar::fuzz {
namespace {

using pdf::Object;

// The limits of the reader stand here again, so that one that was lost there is missed here.
constexpr int kDepthMax = 250;
constexpr std::size_t kValuesMax = 400'000, kEntriesMax = 1'500'000, kChainMax = 1'000;
constexpr std::int64_t kNumberMax = 8'388'607, kWidthMax = 8;

class Objects {
 public:
  explicit Objects(const pdf::File& file) : file_(file) {}

  void check(const pdf::IndirectObject& object, std::size_t revision) {
    revision_ = revision;
    values_ = 0;
    const std::size_t size = object.compressed ? object.end : file_.bytes().size();
    expect(object.begin <= object.end && object.end <= size, "an object ends inside the file");
    walk(object.value, size, 0);
    if (!object.is_stream) return;
    expect(object.value.is(Object::Kind::dictionary), "a stream has a dictionary");
    expect(object.data_begin <= object.end && object.data_size <= object.end - object.data_begin,
           "the data of a stream lies inside it");
    data(object);
  }

 private:
  void walk(const Object& value, std::size_t size, int depth) {
    expect(depth <= kDepthMax, "values are nested within the limit");
    expect(++values_ <= kValuesMax, "an object has no more values than the limit");
    expect(value.begin <= value.end && value.end <= size, "a value ends inside its object");
    expect(value.text.size() <= value.end - value.begin, "a text is no longer than its bytes");
    if (value.is(Object::Kind::dictionary))
      expect(value.keys.size() == value.items.size(), "a dictionary has a value for each key");
    if (value.is(Object::Kind::string)) pdf::to_utf8(value.text);
    if (value.is(Object::Kind::reference)) follow(value);
    for (const Object& item : value.items) {
      expect(value.begin < item.begin && item.end < value.end, "a value lies inside its holder");
      walk(item, size, depth + 1);
    }
  }

  void follow(const Object& reference) {
    try {
      file_.resolve(reference, revision_);
    } catch (const pdf::Malformed&) {
    }
  }

  void data(const pdf::IndirectObject& object) {
    constexpr std::size_t kLimit = 1u << 16;
    try {
      const std::string decoded = decode_stream(object.value, file_.stream_data(object), kLimit);
      expect(decoded.size() <= kLimit, "a stream is decoded within its limit");
    } catch (const pdf::Malformed&) {
    }
  }

  const pdf::File& file_;
  std::size_t revision_ = 0;
  std::size_t values_ = 0;
};

void check_widths(const pdf::Section& section) {
  const Object& widths = section.trailer.at("W");
  std::int64_t row = 0;
  expect(widths.items.size() == 3, "a row has three fields");
  for (const Object& width : widths.items) {
    expect(width.integer >= 0 && width.integer <= kWidthMax, "a field of a row fits a number");
    row += width.integer;
  }
  expect(row > 0, "a row has bytes");
}

void check_fields(const pdf::File& file, std::size_t revision) {
  std::set<std::int64_t> seen;
  for (const pdf::FormField& field : pdf::form_fields(file, revision)) {
    if (field.number != 0)
      expect(seen.insert(field.number).second, "each field is in the tree once");
    expect(field.node != nullptr && field.value != nullptr, "a field has a node");
  }
}

}  // namespace

void expect(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "Does not hold: %s.\n", what);
  std::abort();
}

void check_revisions(const pdf::File& file) {
  std::set<std::size_t> named;
  std::size_t entries = 0, end = 0;
  for (const pdf::Revision& revision : file.revisions()) {
    expect(revision.begin == end && revision.tail <= revision.end, "revisions follow each other");
    expect(revision.end > end && revision.end <= file.bytes().size(), "revisions are in the file");
    end = revision.end;
    bool is_hybrid = false;
    for (const pdf::Section& section : revision.sections) {
      expect(section.begin < section.end && section.end <= end, "sections are in their revision");
      // A hybrid may name the stream of another again.
      if (!is_hybrid) expect(named.insert(section.begin).second, "each section is read once");
      is_hybrid = section.hybrid.has_value();
      if (section.is_stream) check_widths(section);
    }
    std::int64_t last = -1;
    entries += revision.entries.size();
    for (const auto& [number, entry] : revision.entries) {
      expect(number > last && number <= kNumberMax, "object numbers ascend and are in range");
      expect(entry.place >= 0 && entry.detail >= 0, "places are not negative");
      last = number;
    }
  }
  expect(named.size() <= kChainMax && entries <= kEntriesMax, "a chain is within its limits");
}

void check_objects(const pdf::File& file) {
  Objects objects(file);
  for (std::size_t revision = 0; revision <= file.last(); ++revision)
    for (const std::int64_t number : file.numbers(revision)) {
      try {
        const pdf::IndirectObject* object = file.load(number, revision);
        if (object == nullptr) continue;
        expect(object->number == number, "an object has the number it is listed under");
        objects.check(*object, revision);
      } catch (const pdf::Malformed&) {
      }
    }
}

void check_refused(const pdf::TooComplex& refused, std::size_t size) {
  constexpr std::size_t kSectionSize = 30;  // "xref trailer<</Size 1/Prev 1>>"
  const std::string_view what = refused.what();
  if (what.find("too many revisions") != std::string_view::npos)
    expect(size > kChainMax * kSectionSize, "many revisions need many bytes");
}

void read_file(std::string_view bytes) {
  // In a block of just that size, so that reading past its end is noticed.
  const auto block = std::make_unique<char[]>(bytes.size());
  std::copy(bytes.begin(), bytes.end(), block.get());
  try {
    pdf::File file({block.get(), bytes.size()});
    check_revisions(file);
    if (file.encrypted()) file.unlock("");
    check_objects(file);
    for (std::size_t revision = 0; revision <= file.last(); ++revision)
      check_fields(file, revision);
    pdf::find_signatures(file);
  } catch (const pdf::TooComplex& refused) {
    check_refused(refused, bytes.size());
  } catch (const pdf::Malformed&) {
  }
}

}  // namespace cinnabar::fuzz
