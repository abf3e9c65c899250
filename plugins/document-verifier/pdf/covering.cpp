#include "covering.hpp"

#include <algorithm>
#include <cmath>

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
// Of half the larger letter: how near the centres of two are when one is written upon the other.
constexpr double kUpon = 0.95;
// So many times the height of another letter, and so many points, a glyph is no writing beside it.
constexpr double kHuge = 4, kHugeHeight = 36;
// Letters that the mark of a button may hide are fewer: forms print the box to be ticked.
constexpr std::int64_t kUnderMark = 2;

double half_width(const Letter& one) { return std::fabs(one.right_x) + std::fabs(one.up_x); }
double half_height(const Letter& one) { return std::fabs(one.right_y) + std::fabs(one.up_y); }

bool is_huge(const Letter& one) { return half_height(one) > kHugeHeight / 2; }

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
    const bool is_field =
        update_.new_fields.count(number) != 0 || update_.filled.count(number) != 0;
    const Object& annotation = update_.after(number);
    const auto rectangle = box_of(numbers_at(update_.file, update_.now, annotation, "Rect"));
    if (!rectangle) return;
    if (is_field) {
      if (field_hides(page, number, *rectangle)) out_.push_back({"field_covers_text", number});
    } else if (update_.permissions.may_annotate && update_.fresh.count(number) != 0 &&
               update_.new_at(annotation, "Subtype").is_name("Text")) {
      if (note_hides(page, *rectangle)) out_.push_back({"note_covers_text", number});
    }
  }

  // A field's place was known when it was there before; what would come was not.
  bool field_hides(std::int64_t page, std::int64_t number, const Box& rectangle) {
    constexpr std::int64_t kHidden = 2;
    const Object& annotation = update_.after(number);
    if ((update_.new_at(annotation, "F").integer & kHidden) != 0) return false;
    const Box inside = rectangle.shrunk(kRim);
    if (inside.width() <= 0 || inside.height() <= 0) return false;
    const auto known = update_.roles.fields.find(number);
    const std::string type = known == update_.roles.fields.end() ? "Sig" : known->second.type;
    const bool writes = type == "Tx" || type == "Ch";
    const Painting look = look_of(annotation, rectangle, update_.now, type == "Sig");
    const bool huge = std::any_of(look.letters.begin(), look.letters.end(), is_huge);
    if (look.areas.empty() && !huge && (!writes || look.letters.empty())) return false;
    const Painting before = look_of(update_.before(number), rectangle, update_.then, false);
    const auto hidden = [&](const Letter& letter) {
      const auto lost_in = [&](const Painting& one) {
        return hides_letter(one, inside, letter) || (writes && overwrites(one, letter)) ||
               under_glyph(one, inside, letter);
      };
      return lost_in(look) && !lost_in(before);
    };
    const Painting& shown = contents_.of(page, update_.then);
    if (shown.unread && !look.areas.empty()) return true;  // letters may stand anywhere
    contents_.work().spend(shown.letters.size() / kLettersAByte + 1);
    const std::int64_t least = type == "Btn" ? kUnderMark : 1;
    if (std::count_if(shown.letters.begin(), shown.letters.end(), hidden) >= least) return true;
    if (hides_image(look, inside, shown, page_box(page))) return true;
    const std::vector<Letter> others = letters_of_annotations(page, number);
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

  // What it shows, or, where it may come to show them by a click, all its states and conditions.
  Painting look_of(const Object& annotation, const Box& rectangle, std::size_t revision,
                   bool all) {
    Painting out;
    const File& file = update_.file;
    const Object& look = file.resolve_at(annotation, "AP", revision);
    const Object& states = file.resolve_at(look, "N", revision);
    const Object& state = file.resolve_at(annotation, "AS", revision);
    if (all) {
      for (const Object& condition : look.items) draw(condition, rectangle, revision, 0, out);
    } else {
      const bool chosen = states.is(Kind::dictionary) && state.is(Kind::name);
      draw(chosen && states.has(state.text) ? states.at(state.text) : look.at("N"), rectangle,
           revision, 1, out);
    }
    // Some readers draw the background themselves where there is no look.
    const Object& background =
        file.resolve_at(file.resolve_at(annotation, "MK", revision), "BG", revision);
    if (!look.has("N") && !background.items.empty())
      out.areas.push_back({{{rectangle.corners()}, false}, rectangle, 0, {}});
    return out;
  }

  void draw(const Object& reference, const Box& rectangle, std::size_t revision, int depth,
            Painting& out) {
    const IndirectObject* object =
        reference.is(Kind::reference) ? update_.file.load(reference.integer, revision) : nullptr;
    if (object != nullptr && object->is_stream)
      return paint_look(update_.file, revision, reference.integer, rectangle, contents_.work(),
                        out);
    if (depth > 0) return;
    for (const Object& state : update_.file.resolve(reference, revision).items)
      draw(state, rectangle, revision, depth + 1, out);
  }

  // A letter of the look stands on the letter: nobody can read the one without the other.
  bool overwrites(const Painting& look, const Letter& letter) {
    contents_.work().spend(look.letters.size());
    return std::any_of(look.letters.begin(), look.letters.end(), [&](const Letter& one) {
      const double x = std::max(half_width(one), half_width(letter));
      const double y = std::max(half_height(one), half_height(letter));
      return std::fabs(one.x - letter.x) < kUpon * x && std::fabs(one.y - letter.y) < kUpon * y;
    });
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

  // The glyph of a letter that is large enough may be a box.
  bool under_glyph(const Painting& look, const Box& inside, const Letter& letter) {
    contents_.work().spend(look.letters.size());
    if (!inside.holds(letter.at(0, 0))) return false;
    return std::any_of(look.letters.begin(), look.letters.end(), [&](const Letter& one) {
      return is_huge(one) && half_height(one) > kHuge * half_height(letter) &&
             std::fabs(one.x - letter.x) < half_width(one) &&
             std::fabs(one.y - letter.y) < half_height(one);
    });
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
  std::vector<Letter> letters_of_annotations(std::int64_t page, std::int64_t but) {
    Painting out;
    for (const Object& item : update_.old_at(update_.before(page), "Annots").items) {
      if (!item.is(Kind::reference) || item.integer == but) continue;
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
