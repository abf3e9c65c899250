#include "compare.hpp"

#include <cinnabar/text.hpp>

namespace cinnabar::hooks {
namespace {

constexpr std::size_t kDifferenceSizeMax = 2'000;

std::string short_form(const KeptDecision& decision) {
  return decision.code.empty() ? decision.outcome : decision.outcome + " (" + decision.code + ")";
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

std::string difference_of(const KeptDecision& was, const KeptDecision& now) {
  std::string out;
  const auto add = [&](const std::string& what, const std::string& a, const std::string& b) {
    if (a == b) return;
    if (!out.empty()) out += "; ";
    out += what + ": " + a + ", then " + b;
  };
  add("decision", short_form(was), short_form(now));
  add("text", was.text, now.text);
  add("set", to_json(was.set), to_json(now.set));
  add("commands", to_json(was.commands), to_json(now.commands));
  return shortened_text(out, kDifferenceSizeMax);
}

}  // namespace cinnabar::hooks
