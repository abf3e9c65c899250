#include "compare.hpp"

#include <cinnabar/text.hpp>

namespace cinnabar::hooks {
namespace {

constexpr std::size_t kDifferenceSizeMax = 2'000;

std::string short_form(const KeptDecision& decision) {
  return decision.code.empty() ? decision.outcome : decision.outcome + " (" + decision.code + ")";
}

std::string pointers_of(const KeptDecision& decision) {
  std::vector<std::string> pointers;
  for (const auto& [pointer, value] : decision.set) pointers.push_back(pointer);
  return to_json(pointers);
}

std::string names_of(const KeptDecision& decision) {
  std::vector<std::string> names;
  for (const HookCommand& command : decision.commands) names.push_back(command.name);
  return to_json(names);
}

}  // namespace

KeptDecision kept_decision(const lua::Result& result) {
  KeptDecision out;
  out.outcome = name_of(result.outcome);
  if (result.outcome == lua::Outcome::denied) {
    out.code = result.code;
    out.text = result.text;
  }
  out.set = result.set;
  out.commands = result.commands;
  return out;
}

KeptDecision without_values(KeptDecision decision) {
  decision.text.clear();
  for (auto& [pointer, value] : decision.set) value = Json();
  for (HookCommand& command : decision.commands) command.arguments = Json();
  return decision;
}

std::string difference_of(const KeptDecision& was, const KeptDecision& now, Values values) {
  std::string out;
  const auto add = [&](const std::string& what, const std::string& a, const std::string& b,
                       bool differs) {
    if (!differs) return;
    if (!out.empty()) out += "; ";
    out += a == b ? what + ": other values of " + a : what + ": " + a + ", then " + b;
  };
  const bool shown = values == Values::shown;
  const KeptDecision a = shown ? was : without_values(was), b = shown ? now : without_values(now);
  add("decision", short_form(a), short_form(b), short_form(a) != short_form(b));
  if (shown)
    add("text", a.text, b.text, a.text != b.text);
  else if (was.text != now.text)
    add("text", "one", "another", true);
  add("set", shown ? to_json(a.set) : pointers_of(a), shown ? to_json(b.set) : pointers_of(b),
      to_json(was.set) != to_json(now.set));
  add("commands", shown ? to_json(a.commands) : names_of(a),
      shown ? to_json(b.commands) : names_of(b), to_json(was.commands) != to_json(now.commands));
  return shortened_text(out, kDifferenceSizeMax);
}

}  // namespace cinnabar::hooks
