#include "controls.hpp"

#include <set>

namespace cinnabar::contract {
namespace {

std::string place(std::size_t index, std::string_view member) {
  return "/controls/" + std::to_string(index) + "/" + std::string(member);
}

// The index of the control's file among the contract's.
std::size_t check_file(Contract& contract, Control& control, std::size_t at) {
  const auto& files = contract.content.files;
  if (control.file.empty()) control.file = files.front();
  for (std::size_t i = 0; i < files.size(); ++i)
    if (files[i] == control.file) return i;
  throw Error("contract.control_file_unknown", {{"control", control.id}, {"file", control.file}},
              place(at, "file"));
}

void check_party(const Contract& contract, const Control& control, std::size_t at) {
  if (control.party.empty()) {
    if (is_fill(control.kind)) return;
    throw Error("contract.control_party_missing", {{"control", control.id}}, place(at, "party"));
  }
  const PartyRow* party = contract.party(control.party);
  if (!party)
    throw Error("contract.control_party_unknown",
                {{"control", control.id}, {"party", control.party}}, place(at, "party"));
  const bool of_enterprise =
      control.kind == ControlKind::enterprise_seal || control.kind == ControlKind::page_seal;
  if (of_enterprise && party->kind != PartyKind::enterprise)
    throw Error("contract.control_kind_unfit",
                {{"control", control.id},
                 {"kind", std::string(name_of(control.kind))},
                 {"party", control.party}},
                place(at, "kind"));
}

void check_place(const Control& control, const FileRow& file, std::size_t at) {
  if (control.kind == ControlKind::page_seal) {
    if (control.page != 0)
      throw Error("contract.page_seal_page", {{"control", control.id}}, place(at, "page"));
    return;
  }
  const auto pages = static_cast<std::int64_t>(file.pages.size());
  if (control.page < 1 || control.page > pages)
    throw Error("contract.control_page_missing",
                {{"control", control.id},
                 {"page", std::to_string(control.page)},
                 {"pages", std::to_string(pages)}},
                place(at, "page"));
  if (!control.rect)
    throw Error("contract.control_rect_missing", {{"control", control.id}}, place(at, "rect"));
  const PageSize& page = file.pages[static_cast<std::size_t>(control.page - 1)];
  const PageRect& rect = *control.rect;
  if (rect.x + rect.width > page.width || rect.y + rect.height > page.height)
    throw Error("contract.control_outside_page",
                {{"control", control.id},
                 {"page", std::to_string(control.page)},
                 {"width", std::to_string(page.width)},
                 {"height", std::to_string(page.height)}},
                place(at, "rect"));
}

void check_font(const Control& control, std::size_t at) {
  constexpr std::int64_t kFontMin = 4'000;
  if (control.font_size != 0 && control.font_size < kFontMin)
    throw Error("request.invalid", {{"reason", "is less than 4000 (4 points)"}},
                place(at, "font_size"));
}

// The party's answer, handed in or not, else what the draft brought along.
const Json& saved_value(const Contract& contract, const Control& control) {
  if (const PartyRow* party = contract.party(control.party)) {
    const auto answer = party->answers.find(control.id);
    if (answer != party->answers.end()) return answer->second;
  }
  return control.value;
}

bool is_date(const std::string& text) {
  return text.size() == 10 && from_rfc3339(text + "T00:00:00Z").has_value();
}

}  // namespace

void check_controls(Contract& contract, const std::vector<FileRow>& files) {
  std::set<std::string> ids;
  auto& controls = contract.content.controls;
  for (std::size_t at = 0; at < controls.size(); ++at) {
    Control& control = controls[at];
    if (!ids.insert(control.id).second)
      throw Error("contract.control_duplicate", {{"control", control.id}}, place(at, "id"));
    check_party(contract, control, at);
    check_place(control, files[check_file(contract, control, at)], at);
    check_font(control, at);
    if (is_fill(control.kind))
      control.value = checked_value(control, control.value, place(at, "value"));
    else if (!control.value.is_null())
      throw Error("contract.value_unexpected", {{"control", control.id}}, place(at, "value"));
  }
  for (const PartyRow& party : contract.parties) {
    bool signs = false;
    for (const Control& control : controls)
      signs = signs || (control.party == party.id && is_mark(control.kind));
    if (!signs)
      throw Error("contract.party_without_signature", {{"party", party.id}},
                  "/parties/" + std::to_string(party.seat));
  }
}

Json checked_value(const Control& control, const Json& value, const std::string& pointer) {
  const auto refuse = [&](const char* expected) {
    return Error("contract.value_invalid",
                 {{"control", control.id}, {"expected", expected}}, pointer);
  };
  if (value.is_null()) return Json();
  if (control.kind == ControlKind::checkbox) {
    if (!value.is_boolean()) throw refuse("true or false");
    return value;
  }
  if (!value.is_text()) throw refuse("a text");
  const std::string& text = value.text();
  if (text.empty()) return Json();
  if (control.kind == ControlKind::date) {
    if (!is_date(text)) throw refuse("a date of the calendar as YYYY-MM-DD");
    return value;
  }
  if (detail::characters_of(text) > (control.multi_line ? kMultiLineMax : kTextMax))
    throw refuse(control.multi_line ? "a text of at most 4000 characters"
                                    : "a text of at most 1000 characters");
  for (const char c : text) {
    const bool line_end = c == '\n' && control.multi_line;
    if ((static_cast<unsigned char>(c) < 0x20 && !line_end) || c == 0x7f)
      throw refuse(control.multi_line ? "a text without control characters"
                                      : "one line of text without control characters");
  }
  return value;
}

const Json& value_of(const Contract& contract, const Control& control) {
  const PartyRow* party = contract.party(control.party);
  return party && handed_in(*party) ? saved_value(contract, control) : control.value;
}

const Json& value_for(const Contract& contract, const Control& control, const PartyRow* me) {
  // What was not handed in means nothing once filling is over.
  const bool own = me && me->id == control.party && contract.row.state == State::filling;
  return own ? saved_value(contract, control) : value_of(contract, control);
}

std::vector<std::string> missing_values(const Contract& contract, const PartyRow* party) {
  std::vector<std::string> out;
  const std::string_view id = party ? std::string_view(party->id) : std::string_view();
  for (const Control& control : contract.content.controls)
    if (is_fill(control.kind) && control.required && control.party == id &&
        saved_value(contract, control).is_null())
      out.push_back(control.id);
  return out;
}

bool has_to_fill(const Contract& contract, const PartyRow& party) {
  // What a party saved for later counts as empty until it hands it in, which is a state of its own.
  for (const Control& control : contract.content.controls)
    if (is_fill(control.kind) && control.required && control.party == party.id &&
        control.value.is_null())
      return true;
  return false;
}

}  // namespace cinnabar::contract
