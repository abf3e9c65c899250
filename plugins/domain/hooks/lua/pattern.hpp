// Pattern: Lua's string patterns (Reference Manual 5.4, section 6.4.1), matched with a step count.
// Pure: no Lua state. A Pattern is immutable once made, a Matcher belongs to one thread.
//
// Lua's own matcher recurses in C and may take exponential time where no hook can stop it. Here a
// pattern is first compiled into a flat list of items; matching walks that list and keeps the ways
// back on a stack of its own, at most one for each item, so that neither the C stack nor memory
// depends on the subject. Every item tried and every character passed is charged before the next.
#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <functional>
#include <stdexcept>
#include <string_view>
#include <vector>

namespace cinnabar::lua {

// Pays for steps; throws when there are none left.
using Charge = std::function<void(std::int64_t)>;

// A pattern that cannot be understood; what() says why.
class PatternFault : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Longer than any pattern a person writes; bounds what compiling one costs.
inline constexpr std::size_t kPatternSizeMax = 4096;
inline constexpr std::size_t kCapturesMax = 32;

struct Capture {
  std::size_t start = 0;
  std::size_t size = 0;
  bool position = false;  // "()": the value is where it stands
};

class Pattern {
 public:
  enum class Anchors { recognised, literal };  // gmatch has no anchor: '^' stands for itself
  explicit Pattern(std::string_view text, Anchors anchors = Anchors::recognised);

  bool anchored() const { return anchored_; }
  std::size_t captures() const { return captures_; }

 private:
  friend class Matcher;
  enum class Kind : std::uint8_t {
    any,
    character,
    set,
    open,
    open_position,
    close,
    balance,
    frontier,
    back_reference,
    at_end
  };
  enum class Repeat : std::uint8_t { once, many, at_least_once, as_few, maybe };
  struct Item {
    Kind kind;
    Repeat repeat = Repeat::once;
    std::uint16_t a = 0;  // character, index of a set or of a capture, opening character
    std::uint16_t b = 0;  // closing character
  };
  using Set = std::bitset<256>;

  void parse_escape();
  void parse_single();
  Set parse_set();
  void open_capture();
  void close_capture();
  char next(const char* fault);
  bool peek(char c) const { return at_ < text_.size() && text_[at_] == c; }
  static bool add_class(Set& set, char name);
  void add_set(Kind kind, const Set& set);
  void parse_repeat();
  bool fits(const Item& item, unsigned char c) const {
    return item.kind == Kind::any ||
           (item.kind == Kind::character ? item.a == c : sets_[item.a][c]);
  }

  std::string_view text_;  // only while compiling
  std::size_t at_ = 0;
  bool anchored_ = false;
  std::size_t captures_ = 0;
  std::vector<std::size_t> open_;
  std::vector<Item> items_;
  std::vector<Set> sets_;
};

class Matcher {
 public:
  Matcher(const Pattern& pattern, std::string_view subject, const Charge& charge)
      : pattern_(pattern), subject_(subject), charge_(charge) {}

  // Whether the pattern matches from `start` on; then end() and captures() say where.
  bool match_at(std::size_t start);
  // The first match at `start` or later; start() says where it begins.
  bool find_from(std::size_t start);

  std::size_t start() const { return start_; }
  std::size_t end() const { return end_; }
  std::size_t capture_count() const { return pattern_.captures(); }
  const Capture& capture(std::size_t index) const { return captures_[index]; }

 private:
  // A way back: fewer of a greedy item, one more of a lazy one, or a capture as it was.
  struct Choice {
    enum class Kind : std::uint8_t { fewer, one_more, restore } kind;
    std::uint32_t item;
    std::size_t low;
    std::size_t high;
    Capture saved;
  };

  bool step(std::size_t& item, std::size_t& at);
  bool step_repeated(const Pattern::Item& item, std::size_t& index, std::size_t& at);
  bool step_back(std::size_t& item, std::size_t& at);
  bool match_balance(const Pattern::Item& item, std::size_t& at);
  bool match_frontier(const Pattern::Item& item, std::size_t at) const;
  bool match_back_reference(const Pattern::Item& item, std::size_t& at);
  void remember(std::size_t capture);

  const Pattern& pattern_;
  std::string_view subject_;
  const Charge& charge_;
  std::vector<Choice> choices_;
  std::array<Capture, kCapturesMax> captures_{};
  std::size_t start_ = 0;
  std::size_t end_ = 0;
};

}  // namespace cinnabar::lua
