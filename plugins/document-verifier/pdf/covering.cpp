#include "covering.hpp"

namespace cinnabar::pdf {

namespace {

using Kind = Object::Kind;

// In points, inside of the rectangle of an annotation: what it touches there is not hidden.
constexpr double kRim = 0.5;
// The side of the icon that readers draw for a note, however small its rectangle is.
constexpr double kNoteSide = 24;
// The share of a page from which on an image is taken for a scan of the page: whoever signs a scan
// signs on it, with a picture of a signature on white as often as not.
constexpr double kScanShare = 0.6;
// Square points of an image; a digit of usual size takes some 60.
constexpr double kHiddenPartMin = 36;
// To see that a letter lies elsewhere costs a fraction of what a byte of content does.
constexpr std::size_t kLettersAByte = 8;
// In points, from the middle of a letter to its end, were it as large as a poster's.
constexpr double kLetterReach = 100;
// Of a letter, in each direction.
constexpr int kPointsOfLetter = 3;

class Search {
 public:
  Search(const Update& update, PageContents& contents) : update_(update), contents_(contents) {}

  std::vector<Covering> run() {
    if (update_.new_fields.empty() && update_.filled.empty() && !update_.permissions.may_annotate)
      return {};
    for (const std::int64_t page : update_.roles.pages) {
      const Object& annotations = update_.new_at(update_.after(page), "Annots");
      for (const Object& item : annotations.items)
        if (item.is(Kind::reference)) check(page, item.integer);
    }
    return std::move(out_);
  }

 private:
  void check(std::int64_t page, std::int64_t number) {
    const bool is_new = update_.new_fields.count(number) != 0;
    const bool came_later = update_.filled.count(number) != 0 && !contents_.was_known(number);
    const Object& annotation = update_.after(number);
    const auto rectangle = box_of(numbers_at(update_.file, update_.now, annotation, "Rect"));
    if (!rectangle) return;
    if (is_new || came_later) {
      if (field_hides(page, annotation, *rectangle)) out_.push_back({"field_covers_text", number});
    } else if (update_.permissions.may_annotate && update_.fresh.count(number) != 0 &&
               update_.new_at(annotation, "Subtype").is_name("Text")) {
      if (note_hides(page, *rectangle)) out_.push_back({"note_covers_text", number});
    }
  }

  bool field_hides(std::int64_t page, const Object& annotation, const Box& rectangle) {
    constexpr std::int64_t kHidden = 2;
    if ((update_.new_at(annotation, "F").integer & kHidden) != 0) return false;
    const Box inside = rectangle.shrunk(kRim);
    if (inside.width() <= 0 || inside.height() <= 0) return false;
    const Painting look = look_of(annotation, rectangle);
    if (look.areas.empty()) return false;
    const auto hidden = [&](const Letter& letter) { return hides_letter(look, inside, letter); };
    const Painting& shown = contents_.of(page, update_.then);
    contents_.work().spend(shown.letters.size() / kLettersAByte + 1);
    if (std::any_of(shown.letters.begin(), shown.letters.end(), hidden)) return true;
    if (hides_image(look, inside, shown, page_box(page))) return true;
    const std::vector<Letter> others = letters_of_annotations(page);
    return std::any_of(others.begin(), others.end(), hidden);
  }

  bool note_hides(std::int64_t page, const Box& rectangle) {
    const Box icon{rectangle.left, std::min(rectangle.bottom, rectangle.top - kNoteSide),
                   std::max(rectangle.right, rectangle.left + kNoteSide), rectangle.top};
    const Box inside = icon.shrunk(kRim);
    const std::vector<Letter>& letters = contents_.of(page, update_.then).letters;
    return std::any_of(letters.begin(), letters.end(),
                       [&](const Letter& letter) { return inside.holds(letter.at(0, 0)); });
  }

  // All states and conditions of the look: which of them is shown may change by a click.
  Painting look_of(const Object& annotation, const Box& rectangle) {
    Painting out;
    const Object& look = update_.new_at(annotation, "AP");
    for (const Object& condition : look.items) draw(condition, rectangle, 0, out);
    // Some readers draw the background themselves where there is no look.
    const Object& background = update_.new_at(update_.new_at(annotation, "MK"), "BG");
    if (!look.has("N") && !background.items.empty())
      out.areas.push_back({{{rectangle.corners()}, false}, rectangle, 0, {}});
    return out;
  }

  void draw(const Object& reference, const Box& rectangle, int depth, Painting& out) {
    const IndirectObject* object =
        reference.is(Kind::reference) ? update_.file.load(reference.integer, update_.now) : nullptr;
    if (object != nullptr && object->is_stream)
      return paint_look(update_.file, update_.now, reference.integer, rectangle, contents_.work(),
                        out);
    if (depth > 0) return;
    for (const Object& state : update_.file.resolve(reference, update_.now).items)
      draw(state, rectangle, depth + 1, out);
  }

  // More than half of it.
  bool hides_letter(const Painting& look, const Box& inside, const Letter& letter) {
    if (!inside.shrunk(-kLetterReach).holds(letter.at(0, 0))) return false;
    int hidden = 0;
    for (int i = 0; i < kPointsOfLetter * kPointsOfLetter; ++i) {
      const Point point = letter.at(2.0 / 3 * (i % 3 - 1), 2.0 / 3 * (i / 3 - 1));
      hidden += inside.holds(point) && hides(look, point, contents_.work());
    }
    return 2 * hidden > kPointsOfLetter * kPointsOfLetter;
  }

  bool hides_image(const Painting& look, const Box& inside, const Painting& shown,
                   const Box& page) {
    double covered = 0;
    for (const Path& image : shown.images) {
      const Box part = box_around(image.rings[0]).common(page);
      covered += std::max(part.width(), 0.0) * std::max(part.height(), 0.0);
    }
    if (covered >= kScanShare * page.width() * page.height()) return false;
    return std::any_of(shown.images.begin(), shown.images.end(), [&](const Path& image) {
      return hides_part(look, inside.common(box_around(image.rings[0])), image);
    });
  }

  bool hides_part(const Painting& look, const Box& part, const Path& image) {
    constexpr int kSide = 8;
    if (part.width() <= 0 || part.height() <= 0) return false;
    int hidden = 0;
    for (int i = 0; i < kSide * kSide; ++i) {
      const Point point{part.left + part.width() * (i % kSide + 0.5) / kSide,
                        part.bottom + part.height() * (i / kSide + 0.5) / kSide};
      hidden += image.covers(point, 0) && hides(look, point, contents_.work());
    }
    return hidden * part.width() * part.height() / (kSide * kSide) >= kHiddenPartMin;
  }

  Box page_box(std::int64_t page) const {
    const Object* node = &update_.before(page);
    for (int depth = 0; depth < 32 && !node->has("MediaBox"); ++depth)
      node = &update_.old_at(*node, "Parent");
    return box_of(numbers_at(update_.file, update_.then, *node, "MediaBox")).value_or(Box{});
  }

  // Of filled fields and the like. Signatures may meet: all their looks belong to signers.
  std::vector<Letter> letters_of_annotations(std::int64_t page) {
    Painting out;
    for (const Object& item : update_.old_at(update_.before(page), "Annots").items) {
      if (!item.is(Kind::reference)) continue;
      const auto field = update_.roles.fields.find(item.integer);
      if (field != update_.roles.fields.end() && field->second.type == "Sig") continue;
      const Object& annotation = update_.before(item.integer);
      const Object& look = update_.old_at(annotation, "AP").at("N");
      const auto rectangle = box_of(numbers_at(update_.file, update_.then, annotation, "Rect"));
      if (rectangle && look.is(Kind::reference))
        paint_look(update_.file, update_.then, look.integer, *rectangle, contents_.work(), out);
    }
    return std::move(out.letters);
  }

  const Update& update_;
  PageContents& contents_;
  std::vector<Covering> out_;
};

}  // namespace

const Painting& PageContents::of(std::int64_t page, std::size_t revision) {
  if (const auto known = pages_.find(page); known != pages_.end()) return known->second;
  if (letters_ > kLettersKeptMax) {
    pages_.clear();
    letters_ = 0;
  }
  Painting& out = pages_[page];
  const IndirectObject* object = file_.load(page, revision);
  if (object != nullptr) paint_page(file_, revision, object->value, work_, out);
  letters_ += out.letters.size();
  return out;
}

std::vector<Covering> find_coverings(const Update& update, PageContents& contents) {
  return Search(update, contents).run();
}

}  // namespace cinnabar::pdf
