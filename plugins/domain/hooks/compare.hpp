// What two decisions about one input have different: of a shadow and the active version, of a
// replay and the record. Pure; any thread.
#pragma once

#include "run_views.hpp"

namespace cinnabar::hooks {

KeptDecision kept_decision(const lua::Result& result);

// In words for the script's author; empty: they are the same.
enum class Values { hidden, shown };
std::string difference_of(const KeptDecision& was, const KeptDecision& now,
                          Values values = Values::shown);
// What a record may hold where inputs are not recorded: a script decides with values of its input,
// so texts, what is set and arguments stay away.
KeptDecision without_values(KeptDecision decision);

}  // namespace cinnabar::hooks
