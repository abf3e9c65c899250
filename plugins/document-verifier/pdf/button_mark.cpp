#include "button_mark.hpp"

#include "content.hpp"
#include "painting.hpp"
#include "shapes.hpp"

#include <algorithm>

namespace cinnabar::pdf {

namespace {

using Kind = Object::Kind;

// Bytes of content; programs write some 200.
constexpr std::size_t kLookMax = 4'096;
constexpr std::size_t kPointsMax = 1'000;
// Points in each direction of the middle, which is half as wide and half as high as the look.
constexpr int kSide = 9;
// Lines are seen as at least so broad, so that none lies between the samples.
constexpr double kLineMin = 1.5;
// The marks that forms know: tick, circle, cross, diamond, square, star (table 192, /CA).
constexpr std::string_view kMarks = "4l8unH";
constexpr std::string_view kStyle[] = {"q",  "Q",  "w",  "J",  "j",  "M",  "d",   "g",   "G",
                                       "rg", "RG", "k",  "K",  "W",  "W*", "BT",  "ET",  "Tm",
                                       "Td", "Tc", "Tw", "Tz", "TL", "Ts", "BMC", "EMC", "n"};

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

class MarkWalk {
 public:
  MarkWalk(const File& file, std::size_t revision, const Object& fonts, const Box& box)
      : file_(file),
        revision_(revision),
        fonts_(fonts),
        middle_{box.left + box.width() / 4, box.bottom + box.height() / 4,
                box.right - box.width() / 4, box.top - box.height() / 4} {}

  // False: there is something that has no place in a button.
  bool read(std::string_view content) {
    Work work(0);
    ContentReader reader(content, work);
    Operation operation;
    while (reader.next(operation))
      if (!take(operation)) return false;
    return true;
  }
  bool marked() const { return marked_; }

 private:
  bool take(const Operation& operation) {
    const std::string_view word = operation.word;
    if (word == "w") width_ = operation.number(0);
    if (word == "Tf") return is_font_of_marks(operation);
    if (word == "Tj") return take_letter(operation);
    if (path_.take(operation, Matrix{})) return true;
    const bool lines = is_one_of(word, {"S", "s", "B", "B*", "b", "b*"});
    const bool fills = is_one_of(word, {"f", "F", "f*", "B", "B*", "b", "b*"});
    if (fills) draw(path_.filled(word.ends_with('*')), true);
    if (lines) draw(path_.stroked(std::max(width_, kLineMin)), false);
    if (lines || fills || word == "n") path_.clear();
    const auto end = std::end(kStyle);
    return lines || fills || std::find(std::begin(kStyle), end, word) != end;
  }

  bool is_font_of_marks(const Operation& operation) const {
    if (operation.operands.empty() || !operation.operands[0].is(Kind::name)) return false;
    const Object& font = file_.resolve_at(fonts_, operation.operands[0].text, revision_);
    return file_.resolve_at(font, "BaseFont", revision_).is_name("ZapfDingbats") &&
           file_.resolve_at(font, "Subtype", revision_).is_name("Type1") &&
           !font.has("Encoding") && !font.has("FontDescriptor");
  }

  bool take_letter(const Operation& operation) {
    if (letters_++ != 0 || operation.operands.size() != 1) return false;
    const std::string& text = operation.operands[0].text;
    marked_ = true;
    return text.size() == 1 && kMarks.find(text[0]) != std::string_view::npos;
  }

  void draw(const Path& path, bool fill) {
    int covered = 0;
    for (int i = 0; i < kSide * kSide; ++i)
      covered += path.covers({middle_.left + middle_.width() * (i % kSide) / (kSide - 1),
                              middle_.bottom + middle_.height() * (i / kSide) / (kSide - 1)},
                             0);
    const bool background = fill && !marked_ && covered == kSide * kSide;
    if (covered != 0 && !background) marked_ = true;
  }

  const File& file_;
  std::size_t revision_;
  const Object& fonts_;
  Box middle_;
  PathWalk path_{kPointsMax};
  double width_ = 1;
  int letters_ = 0;
  bool marked_ = false;
};

}  // namespace

bool looks_marked(const File& file, std::int64_t stream, std::size_t revision, bool on) {
  const IndirectObject* object = file.load(stream, revision);
  if (object == nullptr || !object->is_stream || object->value.has("F") || object->repaired)
    return false;
  const auto box = box_of(numbers_at(file, revision, object->value, "BBox"));
  if (!box || box->width() <= 0 || box->height() <= 0) return false;
  const std::vector<double> matrix = numbers_at(file, revision, object->value, "Matrix");
  if (object->value.has("Matrix") && matrix != std::vector<double>{1, 0, 0, 1, 0, 0}) return false;
  const auto content = stream_content(file, *object, kLookMax);
  if (!content) return false;
  const Object& resources = file.resolve_at(object->value, "Resources", revision);
  MarkWalk walk(file, revision, file.resolve_at(resources, "Font", revision), *box);
  return walk.read(*content) && walk.marked() == on;
}

}  // namespace cinnabar::pdf
