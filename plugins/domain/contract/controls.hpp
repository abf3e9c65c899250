// Controls: what a draft's controls must be like, and the typed values they take. Pure; any thread.
#pragma once

#include "model.hpp"

namespace cinnabar::contract {

// Filled in before freezing; the others are drawn when signing.
inline bool is_fill(ControlKind kind) {
  return kind == ControlKind::text || kind == ControlKind::date || kind == ControlKind::checkbox;
}
// Carries a seal or a signature; a signing date alone signs nothing.
inline bool is_mark(ControlKind kind) { return !is_fill(kind) && kind != ControlKind::sign_date; }

// The most characters a text may have, and on several lines: a page holds about 2,000.
inline constexpr std::int64_t kTextMax = 1'000;
inline constexpr std::int64_t kMultiLineMax = 4'000;

// Checks all controls against the parties and the files (ids in contract.content.files, pages in
// `files` in that order), fills in what was left out, and checks the values that came with the
// draft. Throws with the pointer of the fault.
void check_controls(Contract& contract, const std::vector<FileRow>& files);

// The value as it is kept, or contract.value_invalid with that pointer. Null empties the control.
Json checked_value(const Control& control, const Json& value, const std::string& pointer);

// Whether the party's answers count for others. Signing alone hands nothing in.
inline bool handed_in(const PartyRow& party) { return party.filled_at.has_value(); }

// What stands in the control for everybody: the answer that its party handed in, else what the
// draft brought along.
const Json& value_of(const Contract& contract, const Control& control);

// What stands in it for the party `me` (null: for nobody in particular), which sees while filling
// what it saved for later.
const Json& value_for(const Contract& contract, const Control& control, const PartyRow* me);

// Ids of the required controls that the party would leave empty if it handed in now; party null:
// the initiator's.
std::vector<std::string> missing_values(const Contract& contract, const PartyRow* party);

// Whether the party must be asked to fill in.
bool has_to_fill(const Contract& contract, const PartyRow& party);

}  // namespace cinnabar::contract
