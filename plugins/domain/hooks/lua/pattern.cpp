#include "pattern.hpp"

#include <string>

namespace cinnabar::lua {
namespace {

bool between(unsigned c, unsigned low, unsigned high) { return c >= low && c <= high; }

// The classes over ASCII, whatever locale the process has: a script gives the same everywhere.
bool in_class(unsigned char c, char lower_name) {
  const bool lower = between(c, 'a', 'z'), upper = between(c, 'A', 'Z'),
             digit = between(c, '0', '9');
  switch (lower_name) {
    case 'a': return lower || upper;
    case 'c': return c < 0x20 || c == 0x7f;
    case 'd': return digit;
    case 'g': return between(c, 0x21, 0x7e);
    case 'l': return lower;
    case 'p': return between(c, 0x21, 0x7e) && !lower && !upper && !digit;
    case 's': return c == ' ' || between(c, '\t', '\r');
    case 'u': return upper;
    case 'w': return lower || upper || digit;
    case 'x': return digit || between(c, 'a', 'f') || between(c, 'A', 'F');
    default: return false;
  }
}

unsigned char byte(char c) { return static_cast<unsigned char>(c); }

}  // namespace

Pattern::Pattern(std::string_view text, Anchors anchors) : text_(text) {
  if (text.size() > kPatternSizeMax)
    throw PatternFault("pattern is longer than " + std::to_string(kPatternSizeMax) + " bytes");
  if (anchors == Anchors::recognised && peek('^')) {
    anchored_ = true;
    ++at_;
  }
  while (at_ < text_.size()) {
    switch (text_[at_]) {
      case '(': open_capture(); break;
      case ')': close_capture(); break;
      case '%': parse_escape(); break;
      case '$':
        if (at_ + 1 == text_.size()) {
          ++at_;
          items_.push_back({Kind::at_end});
          break;
        }
        [[fallthrough]];
      default: parse_single();
    }
  }
  if (!open_.empty()) throw PatternFault("unfinished capture");
  text_ = {};
}

char Pattern::next(const char* fault) {
  if (at_ >= text_.size()) throw PatternFault(fault);
  return text_[at_++];
}

void Pattern::open_capture() {
  ++at_;
  if (captures_ >= kCapturesMax) throw PatternFault("too many captures");
  const auto index = static_cast<std::uint16_t>(captures_++);
  if (peek(')')) {
    ++at_;
    items_.push_back({Kind::open_position, Repeat::once, index});
  } else {
    open_.push_back(index);
    items_.push_back({Kind::open, Repeat::once, index});
  }
}

void Pattern::close_capture() {
  ++at_;
  if (open_.empty()) throw PatternFault("invalid pattern capture");
  items_.push_back({Kind::close, Repeat::once, static_cast<std::uint16_t>(open_.back())});
  open_.pop_back();
}

// What begins with '%' and is not a class or a character: %b, %f and back references.
void Pattern::parse_escape() {
  const char name = at_ + 1 < text_.size() ? text_[at_ + 1] : '\0';
  if (name == 'b') {
    at_ += 2;
    const char* fault = "malformed pattern (missing arguments to '%b')";
    const char opening = next(fault);
    const char closing = next(fault);
    items_.push_back({Kind::balance, Repeat::once, byte(opening), byte(closing)});
  } else if (name == 'f') {
    at_ += 2;
    if (!peek('[')) throw PatternFault("missing '[' after '%f' in pattern");
    ++at_;
    add_set(Kind::frontier, parse_set());
  } else if (name >= '0' && name <= '9') {
    at_ += 2;
    const auto index = static_cast<std::size_t>(name - '1');
    bool closed = name != '0' && index < captures_;
    for (const std::size_t open : open_) closed = closed && open != index;
    if (!closed) throw PatternFault(std::string("invalid capture index %") + name);
    items_.push_back({Kind::back_reference, Repeat::once, static_cast<std::uint16_t>(index)});
  } else {
    parse_single();
  }
}

// One character, class or set, and how often.
void Pattern::parse_single() {
  const char c = text_[at_++];
  if (c == '.') {
    items_.push_back({Kind::any});
  } else if (c == '[') {
    add_set(Kind::set, parse_set());
  } else if (c == '%') {
    const char name = next("malformed pattern (ends with '%')");
    Set set;
    if (add_class(set, name))
      add_set(Kind::set, set);
    else
      items_.push_back({Kind::character, Repeat::once, byte(name)});
  } else {
    items_.push_back({Kind::character, Repeat::once, byte(c)});
  }
  parse_repeat();
}

void Pattern::parse_repeat() {
  Repeat& repeat = items_.back().repeat;
  if (peek('*'))
    repeat = Repeat::many;
  else if (peek('+'))
    repeat = Repeat::at_least_once;
  else if (peek('-'))
    repeat = Repeat::as_few;
  else if (peek('?'))
    repeat = Repeat::maybe;
  else
    return;
  ++at_;
}

// Adds the class of that name to the set; an upper case letter is the complement. False: no class.
bool Pattern::add_class(Set& set, char name) {
  const char lower = between(byte(name), 'A', 'Z') ? static_cast<char>(name + 32) : name;
  if (std::string_view("acdglpsuwx").find(lower) == std::string_view::npos) return false;
  for (unsigned c = 0; c < 256; ++c)
    if (in_class(static_cast<unsigned char>(c), lower) == (lower == name)) set.set(c);
  return true;
}

// After the '['. A ']' that comes first stands for itself.
Pattern::Set Pattern::parse_set() {
  const char* fault = "malformed pattern (missing ']')";
  Set set;
  bool negated = false;
  if (peek('^')) {
    negated = true;
    ++at_;
  }
  bool first = true;
  for (char c = next(fault); c != ']' || first; c = next(fault)) {
    first = false;
    if (c == '%') {
      const char name = next(fault);
      if (!add_class(set, name)) set.set(byte(name));
    } else if (peek('-') && at_ + 1 < text_.size() && text_[at_ + 1] != ']') {
      ++at_;
      const char last = next(fault);
      for (unsigned member = byte(c); member <= byte(last); ++member) set.set(member);
    } else {
      set.set(byte(c));
    }
  }
  return negated ? ~set : set;
}

void Pattern::add_set(Kind kind, const Set& set) {
  items_.push_back({kind, Repeat::once, static_cast<std::uint16_t>(sets_.size())});
  sets_.push_back(set);
}

bool Matcher::find_from(std::size_t start) {
  if (pattern_.anchored()) return match_at(start);
  for (; start <= subject_.size(); ++start)
    if (match_at(start)) return true;
  return false;
}

bool Matcher::match_at(std::size_t start) {
  choices_.clear();
  start_ = start;
  std::size_t item = 0, at = start;
  while (item < pattern_.items_.size()) {
    charge_(1);
    if (!step(item, at) && !step_back(item, at)) return false;
  }
  charge_(1);
  end_ = at;
  return true;
}

// Tries one item; on success item and at move on.
bool Matcher::step(std::size_t& index, std::size_t& at) {
  using Kind = Pattern::Kind;
  const Pattern::Item& item = pattern_.items_[index];
  switch (item.kind) {
    case Kind::any:
    case Kind::character:
    case Kind::set: return step_repeated(item, index, at);
    case Kind::open:
    case Kind::open_position:
      remember(item.a);
      captures_[item.a] = {at, 0, item.kind == Kind::open_position};
      break;
    case Kind::close:
      remember(item.a);
      captures_[item.a].size = at - captures_[item.a].start;
      break;
    case Kind::balance:
      if (!match_balance(item, at)) return false;
      break;
    case Kind::frontier:
      if (!match_frontier(item, at)) return false;
      break;
    case Kind::back_reference:
      if (!match_back_reference(item, at)) return false;
      break;
    case Kind::at_end:
      if (at != subject_.size()) return false;
      break;
  }
  ++index;
  return true;
}

bool Matcher::step_repeated(const Pattern::Item& item, std::size_t& index, std::size_t& at) {
  using Repeat = Pattern::Repeat;
  const auto fits_here = [&](std::size_t i) {
    return i < subject_.size() && pattern_.fits(item, byte(subject_[i]));
  };
  const auto number = static_cast<std::uint32_t>(index);
  if (item.repeat == Repeat::as_few) {
    choices_.push_back({Choice::Kind::one_more, number, at, 0, {}});
  } else {
    const std::size_t most =
        item.repeat == Repeat::once || item.repeat == Repeat::maybe ? 1 : SIZE_MAX;
    const std::size_t least = item.repeat == Repeat::once || item.repeat == Repeat::at_least_once;
    std::size_t end = at;
    while (end - at < most && fits_here(end)) ++end;
    charge_(static_cast<std::int64_t>(end - at));
    if (end - at < least) return false;
    if (end - at > least) choices_.push_back({Choice::Kind::fewer, number, at + least, end, {}});
    at = end;
  }
  ++index;
  return true;
}

// Takes the newest way back; false when there is none left.
bool Matcher::step_back(std::size_t& index, std::size_t& at) {
  while (!choices_.empty()) {
    charge_(1);
    Choice& choice = choices_.back();
    if (choice.kind == Choice::Kind::restore) {
      captures_[choice.item] = choice.saved;
      choices_.pop_back();
      continue;
    }
    index = choice.item + 1;
    if (choice.kind == Choice::Kind::fewer) {
      at = --choice.high;
      if (choice.high == choice.low) choices_.pop_back();
      return true;
    }
    const Pattern::Item& item = pattern_.items_[choice.item];
    if (choice.low < subject_.size() && pattern_.fits(item, byte(subject_[choice.low]))) {
      at = ++choice.low;
      return true;
    }
    choices_.pop_back();
  }
  return false;
}

void Matcher::remember(std::size_t capture) {
  choices_.push_back(
      {Choice::Kind::restore, static_cast<std::uint32_t>(capture), 0, 0, captures_[capture]});
}

bool Matcher::match_balance(const Pattern::Item& item, std::size_t& at) {
  if (at >= subject_.size() || byte(subject_[at]) != item.a) return false;
  std::size_t depth = 1;
  for (std::size_t i = at + 1; i < subject_.size(); ++i) {
    charge_(1);
    const unsigned char c = byte(subject_[i]);
    if (c == item.b) {
      if (--depth == 0) {
        at = i + 1;
        return true;
      }
    } else if (c == item.a) {
      ++depth;
    }
  }
  return false;
}

// Both ends of the subject count as a zero character.
bool Matcher::match_frontier(const Pattern::Item& item, std::size_t at) const {
  const unsigned char before = at == 0 ? 0 : byte(subject_[at - 1]);
  const unsigned char after = at == subject_.size() ? 0 : byte(subject_[at]);
  return !pattern_.sets_[item.a][before] && pattern_.sets_[item.a][after];
}

bool Matcher::match_back_reference(const Pattern::Item& item, std::size_t& at) {
  const Capture& capture = captures_[item.a];
  if (capture.position) return false;
  charge_(static_cast<std::int64_t>(capture.size));
  if (subject_.substr(at, capture.size) != subject_.substr(capture.start, capture.size))
    return false;
  at += capture.size;
  return true;
}

}  // namespace cinnabar::lua
