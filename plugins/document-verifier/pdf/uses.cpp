#include "uses.hpp"

#include <algorithm>

namespace cinnabar::pdf {

namespace {

using Kind = Object::Kind;

template <class Visit>
void each_reference(const Object& value, const std::string& key, const Visit& visit) {
  if (value.is(Kind::reference)) visit(value.integer, key);
  for (std::size_t i = 0; i < value.items.size(); ++i)
    each_reference(value.items[i], value.is(Kind::dictionary) ? value.keys[i] : key, visit);
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// What looks like "n g R" in bytes that are no object to us, but may be one to a reader that
// repairs.
template <class Visit>
void each_raw_reference(std::string_view bytes, const Visit& visit) {
  for (std::size_t at = bytes.find(" R"); at != std::string_view::npos;
       at = bytes.find(" R", at + 1)) {
    std::size_t begin = at;
    while (begin > 0 && is_digit(bytes[begin - 1])) --begin;
    if (begin == at || begin == 0 || bytes[begin - 1] != ' ') continue;
    std::size_t end = --begin;
    while (begin > 0 && is_digit(bytes[begin - 1]) && end - begin < 10) --begin;
    std::int64_t number = 0;
    for (std::size_t i = begin; i < end; ++i) number = number * 10 + (bytes[i] - '0');
    if (end > begin) visit(number);
  }
}

}  // namespace

Uses::Uses(const File& file, std::size_t revision, std::set<std::int64_t> wanted)
    : file_(file), revision_(revision), wanted_(std::move(wanted)) {
  if (wanted_.empty()) return;
  for (const std::int64_t number : file_.numbers(revision)) add(number);
}

void Uses::advance() {
  ++revision_;
  if (wanted_.empty()) return;
  for (const auto& [number, entry] : file_.revisions()[revision_].entries) {
    if (number == 0) continue;
    drop(number);
    if (entry.kind != Entry::Kind::free) add(number);
  }
}

const std::vector<Use>& Uses::of(std::int64_t number) const {
  static const std::vector<Use> none;
  const auto found = uses_.find(number);
  return found == uses_.end() ? none : found->second;
}

void Uses::add(std::int64_t holder) {
  const auto note = [&](std::int64_t written, const std::string& key) {
    // Some readers count in 32 bits.
    const std::int64_t number = written & 0xFFFFFFFF;
    if (wanted_.count(number) == 0) return;
    std::vector<Use>& uses = uses_[number];
    // A page is the /P of all that stands on it; the same use need not be told twice in a row.
    if (!uses.empty() && uses.back().holder == holder && uses.back().key == key) return;
    uses.push_back({holder, key});
    held_[holder].insert(number);
  };
  try {
    const std::unique_ptr<IndirectObject> object = file_.read(holder, revision_);
    if (object != nullptr) each_reference(object->value, "", note);
  } catch (const TooComplex&) {
    throw;
  } catch (const Malformed&) {
    const Entry* entry = file_.entry(holder, revision_);
    if (entry == nullptr || entry->kind != Entry::Kind::plain ||
        static_cast<std::uint64_t>(entry->place) >= file_.bytes().size())
      return;
    const std::string_view rest =
        file_.bytes().substr(static_cast<std::size_t>(entry->place), std::size_t{1} << 16);
    each_raw_reference(rest.substr(0, rest.find("endobj")),
                       [&](std::int64_t number) { note(number, "?"); });
  }
}

void Uses::drop(std::int64_t holder) {
  const auto held = held_.find(holder);
  if (held == held_.end()) return;
  for (const std::int64_t number : held->second)
    std::erase_if(uses_[number], [&](const Use& use) { return use.holder == holder; });
  held_.erase(held);
}

}  // namespace cinnabar::pdf
