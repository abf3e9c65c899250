// A contract's amount, on which scripts decide: the number that its control named "amount" prints,
// or else data.amount of the draft. Pure; any thread.
#pragma once

#include "model.hpp"

namespace cinnabar::contract {

inline constexpr std::string_view kAmount = "amount";

// The finite number that a value is or spells, with full-width digits and with thousands separators
// ("１，０００，０００", "1,000,000.50"); null when it is none.
std::optional<double> number_in(const Json& value);

}  // namespace cinnabar::contract
