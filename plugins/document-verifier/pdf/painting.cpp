#include "painting.hpp"

#include "graphics.hpp"
#include "images.hpp"
#include "shapes.hpp"

#include <map>
#include <utility>

namespace cinnabar::pdf {

namespace {

using Kind = Object::Kind;

// Saved states; the standard asks for 28, some files need 60.
constexpr std::size_t kSavedMax = 300;
// Clips inside of each other; more only make the area smaller.
constexpr std::size_t kClipsMax = 8;
// In points. Thinner lines are writing and frames, broader ones may hide a line of text.
constexpr double kBroadLine = 4;
// Fonts that are kept while a page is read, and images that it may show.
constexpr std::size_t kFontsMax = 200, kImagesMax = 2'000;
// What shows less than this of the ground hides it; areas that show more than that do not count.
constexpr double kHidden = 0.3, kClear = 0.9;
// In points: finer gaps between two areas show nothing.
constexpr double kMargin = 0.25;

class Painter {
 public:
  Painter(const File& file, std::size_t revision, Work& work, Painting& out, bool wants_areas)
      : file_(file), revision_(revision), work_(work), out_(out), wants_areas_(wants_areas) {
    text_.letters.swap(out_.letters);
  }
  ~Painter() { text_.letters.swap(out_.letters); }
  Painter(const Painter&) = delete;
  Painter& operator=(const Painter&) = delete;

  void run_page(const Object& page, const Object& resources) {
    std::string content;
    const Object& contents = at(page, "Contents");
    if (contents.is(Kind::array)) {
      for (const Object& part : contents.items) content += read(part) + "\n";
    } else {
      content = read(page.at("Contents"));
    }
    run(content, resources, 0);
  }

  void draw_look(std::int64_t number, const Box& rectangle) {
    const IndirectObject* look = stream(number);
    if (look == nullptr) return;
    const std::vector<double> listed = numbers_at(file_, revision_, look->value, "BBox");
    const Box box = box_of(listed).value_or(Box{0, 0, rectangle.width(), rectangle.height()});
    std::vector<Point> corners = box.corners();
    for (Point& corner : corners) corner = matrix_of(look->value).apply(corner);
    const Box placed = box_around(corners);
    const auto ratio = [](double wanted, double is) { return is > 0 ? wanted / is : 1; };
    const double x = ratio(rectangle.width(), placed.width());
    const double y = ratio(rectangle.height(), placed.height());
    state_.page = {
        x, 0, 0, y, rectangle.left - placed.left * x, rectangle.bottom - placed.bottom * y};
    draw_form(*look, {}, 0);
  }

 private:
  const Object& at(const Object& dictionary, std::string_view key) const {
    return file_.resolve_at(dictionary, key, revision_);
  }

  Matrix matrix_of(const Object& form) const {
    const std::vector<double> m = numbers_at(file_, revision_, form, "Matrix");
    return m.size() == 6 ? Matrix{m[0], m[1], m[2], m[3], m[4], m[5]} : Matrix{};
  }

  const IndirectObject* stream(std::int64_t number) const {
    const IndirectObject* out = file_.load(number, revision_);
    return out != nullptr && out->is_stream ? out : nullptr;
  }

  std::string read(const Object& reference) {
    const IndirectObject* found =
        reference.is(Kind::reference) ? stream(reference.integer) : nullptr;
    return found == nullptr ? std::string() : read(*found);
  }
  std::string read(const IndirectObject& found) {
    std::optional<std::string> content = stream_content(file_, found, left_);
    out_.unread = out_.unread || !content;
    if (!content) content.emplace();
    const std::size_t cost = std::min(left_, content->size() + kFormCost);
    left_ -= cost;
    work_.spend(cost);
    return std::move(*content);
  }

  void run(const std::string& content, const Object& resources, int depth) {
    const std::size_t bottom = saved_.size();
    ContentReader reader(content, work_);
    Operation operation;
    while (reader.next(operation)) {
      work_.spend(kOperatorCost);
      carry_out(operation, resources, depth, bottom);
    }
    if (saved_.size() > bottom) {
      state_ = saved_[bottom];
      saved_.resize(bottom);
    }
  }

  void carry_out(const Operation& operation, const Object& resources, int depth,
                 std::size_t bottom) {
    const std::string_view word = operation.word;
    const std::size_t letters = text_.letters.size();
    if (text_.take(operation, state_.text, state_.page, wants_areas_ ? Ink::full : state_.ink())) {
      if (wants_areas_) add_letters_that_are_areas(letters);
    } else if (wants_areas_ && path_.take(operation, state_.page)) {
      return;
    } else if (word == "q") {
      if (saved_.size() < bottom + kSavedMax) saved_.push_back(state_);
    } else if (word == "Q") {
      if (saved_.size() <= bottom) return;
      state_ = saved_.back();
      saved_.pop_back();
    } else if (word == "cm") {
      state_.page = then(Matrix{operation.number(0), operation.number(1), operation.number(2),
                                operation.number(3), operation.number(4), operation.number(5)},
                         state_.page);
    } else if (word == "w") {
      state_.line_width = operation.number(0);
    } else if (word == "gs") {
      set_parameters(at(at(resources, "ExtGState"), operation.name()));
    } else if (word == "Tf" && operation.operands.size() == 2) {
      state_.text.size = operation.number(1);
      state_.text.font = font_of(at(resources, "Font").at(operation.operands[0].text));
    } else if (word == "Do") {
      draw_object(at(resources, "XObject").at(operation.name()), resources, depth);
    } else if (word == "BI") {
      add_image(opaque_part(operation));
    } else if (!state_.set_colour(file_, revision_, operation, resources) && wants_areas_) {
      paint(word);
    }
  }

  void set_parameters(const Object& parameters) {
    state_.set_parameters(file_, revision_, parameters);
    const Object& font = at(parameters, "Font");
    if (font.items.size() != 2) return;
    state_.text.font = font_of(font.items[0]);
    state_.text.size = file_.resolve(font.items[1], revision_).real;
  }

  std::shared_ptr<const Font> font_of(const Object& value) {
    const std::int64_t number = value.is(Kind::reference) ? value.integer : 0;
    if (const auto known = fonts_.find(number); number != 0 && known != fonts_.end())
      return known->second;
    const Object& dictionary = file_.resolve(value, revision_);
    if (!dictionary.is(Kind::dictionary)) return nullptr;
    auto font = std::make_shared<const Font>(file_, revision_, dictionary, work_);
    if (number != 0 && fonts_.size() < kFontsMax) fonts_[number] = font;
    return font;
  }

  void draw_object(const Object& reference, const Object& resources, int depth) {
    const IndirectObject* object =
        reference.is(Kind::reference) ? stream(reference.integer) : nullptr;
    if (object == nullptr) return;
    out_.unread = out_.unread || left_ == 0;
    if (left_ == 0) return;
    const Object& subtype = at(object->value, "Subtype");
    if (subtype.is_name("Image")) {
      add_image(wants_areas_ ? known_part(reference.integer, *object) : std::nullopt);
    } else if (subtype.is_name("Form") && depth < kFormDepthMax) {
      draw_form(*object, resources, depth + 1);
    } else {
      out_.unread = out_.unread || subtype.is_name("Form");
    }
  }

  // A seal stands on many pages, and is looked at once.
  const std::optional<Box>& known_part(std::int64_t number, const IndirectObject& image) {
    const auto [known, first] = work_.images.try_emplace({number, revision_});
    if (first) known->second = opaque_part(file_, revision_, image, work_);
    return known->second;
  }

  void draw_form(const IndirectObject& form, const Object& outer, int depth) {
    const std::string content = read(form);
    const Graphics before = state_;
    state_.page = then(matrix_of(form.value), state_.page);
    if (const auto box = box_of(numbers_at(file_, revision_, form.value, "BBox"))) clip(quad(*box));
    state_.enter_group(file_, revision_, at(form.value, "Group"));
    PathWalk path(kShapePointsMax);
    std::swap(path_, path);
    const Object& own = at(form.value, "Resources");
    run(content, own.is(Kind::null) ? outer : own, depth);
    std::swap(path_, path);
    state_ = before;
  }

  Path quad(const Box& box) const {
    std::vector<Point> corners = box.corners();
    for (Point& corner : corners) corner = state_.page.apply(corner);
    return {{corners}, false};
  }

  void clip(Path path) {
    if (!wants_areas_ || state_.clips.size() >= kClipsMax) return;
    out_.points += path.points();
    if (out_.points <= kShapePointsMax)
      state_.clips.push_back(std::make_shared<const Path>(std::move(path)));
    else
      out_.unread = true;
  }

  void add_area(Path path, double alpha) {
    const double lets_through = state_.lets_through(alpha);
    if (!wants_areas_ || lets_through > kClear || path.rings.empty()) return;
    out_.points += path.points();
    out_.unread = out_.unread || out_.points > kShapePointsMax;
    if (out_.points > kShapePointsMax) return;
    std::vector<Point> all;
    for (const std::vector<Point>& ring : path.rings)
      all.insert(all.end(), ring.begin(), ring.end());
    out_.areas.push_back({std::move(path), box_around(all), lets_through, state_.clips});
  }

  void add_image(const std::optional<Box>& opaque) {
    // What is faint, or lies on the page like a stamp, is no content that can be hidden.
    if (out_.images.size() < kImagesMax && state_.lets_through(state_.alpha) <= 0.5)
      out_.images.push_back(quad({0, 0, 1, 1}));
    if (opaque) add_area(quad(*opaque), state_.alpha);
  }

  void add_letters_that_are_areas(std::size_t from) {
    if (state_.text.font == nullptr || !state_.text.font->draws_areas()) return;
    for (; from < text_.letters.size(); ++from) {
      const Letter& one = text_.letters[from];
      add_area({{{one.at(-1, -1), one.at(1, -1), one.at(1, 1), one.at(-1, 1)}}, false},
               state_.alpha);
    }
  }

  void paint(std::string_view word) {
    constexpr std::string_view kFills[] = {"f", "F", "f*", "B", "B*", "b", "b*"};
    constexpr std::string_view kLines[] = {"S", "s", "B", "B*", "b", "b*"};
    const auto is_one_of = [&](const auto& words) {
      return std::find(std::begin(words), std::end(words), word) != std::end(words);
    };
    if (word == "W" || word == "W*") {
      clips_next_ = path_.filled(word == "W*");
      return;
    }
    if (word == "sh") {
      // It fills what the clips leave, which is never more than a page.
      if (!state_.clips.empty()) add_area(*state_.clips.back(), state_.alpha);
      return;
    }
    if (is_one_of(kFills)) add_area(path_.filled(word.ends_with('*')), state_.alpha);
    const double width = state_.line_width * state_.page.scale();
    if (is_one_of(kLines) && width >= kBroadLine) add_area(path_.stroked(width), state_.line_alpha);
    if (!is_one_of(kFills) && !is_one_of(kLines) && word != "n") return;
    path_.clear();
    if (clips_next_) clip(std::move(*clips_next_));
    clips_next_.reset();
  }

  const File& file_;
  std::size_t revision_;
  Work& work_;
  Painting& out_;
  bool wants_areas_;
  Graphics state_;
  std::vector<Graphics> saved_;
  TextWalk text_;
  PathWalk path_{kShapePointsMax};
  std::optional<Path> clips_next_;
  std::map<std::int64_t, std::shared_ptr<const Font>> fonts_;
  std::size_t left_ = kPageContentMax;
};

}  // namespace

std::vector<double> numbers_at(const File& file, std::size_t revision, const Object& dictionary,
                               std::string_view key) {
  std::vector<double> out;
  for (const Object& item : file.resolve_at(dictionary, key, revision).items) {
    const Object& number = file.resolve(item, revision);
    if (!number.is_number()) return {};
    out.push_back(number.real);
  }
  return out;
}

void paint_page(const File& file, std::size_t revision, const Object& page, Work& work,
                Painting& out) {
  try {
    const Object* node = &page;
    for (int depth = 0; depth < kReferenceDepthMax && !node->has("Resources"); ++depth)
      node = &file.resolve_at(*node, "Parent", revision);
    Painter(file, revision, work, out, false)
        .run_page(page, file.resolve_at(*node, "Resources", revision));
  } catch (const TooComplex&) {
    throw;
  } catch (const Malformed&) {
    out.unread = true;
  }
}

void paint_look(const File& file, std::size_t revision, std::int64_t stream, const Box& rectangle,
                Work& work, Painting& out) {
  const bool before = std::exchange(out.unread, false);
  try {
    Painter(file, revision, work, out, true).draw_look(stream, rectangle);
  } catch (const TooComplex&) {
    throw;
  } catch (const Malformed&) {
    out.unread = true;
  }
  // What could not be read may hide all of it.
  if (out.unread) out.areas.push_back({{{rectangle.corners()}, false}, rectangle, 0, {}});
  out.unread = out.unread || before;
}

bool hides(const Painting& look, Point point, Work& work) {
  double lets_through = 1;
  for (const Area& area : look.areas) {
    work.spend(1);
    if (!area.box.shrunk(-kMargin).holds(point)) continue;
    std::size_t points = area.path.points();
    for (const auto& clip : area.clips) points += clip->points();
    work.spend(points);
    const bool covers = area.path.covers(point, kMargin) &&
                        std::all_of(area.clips.begin(), area.clips.end(),
                                    [&](const auto& clip) { return clip->covers(point, kMargin); });
    if (covers) lets_through *= area.lets_through;
    if (lets_through <= kHidden) return true;
  }
  return false;
}

}  // namespace cinnabar::pdf
