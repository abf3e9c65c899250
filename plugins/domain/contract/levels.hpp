// Levels: what the PAdES level of a contract's signatures asks for beyond the signature itself. A
// contract keeps the level with which it was frozen. Any thread.
#pragma once

#include "model.hpp"
#include "plan.hpp"

#include <cinnabar/host.hpp>

namespace cinnabar::contract {

// Renewals of a completed document that are prepared for: with authorities whose certificates last
// five years, forty years, which is longer than any retention period in force.
inline constexpr int kRenewalsMax = 8;

bool stamped(std::string_view level);    // B-T and above
bool long_term(std::string_view level);  // B-LT and B-LTA
bool archived(std::string_view level);   // B-LTA

// Adds a field for the document timestamp of each act there may be, and of each renewal.
void add_archive_fields(DocumentPlan& plan);

// The field for the document timestamp that comes next.
std::string next_archive_field(const DocumentState& state);

// The map with only those fields: what one act needs of it.
FieldMap map_of(const FieldMap& map, const std::vector<std::string>& fields);

// Where in the document an act takes place, as far as the level decides it: map, state, level,
// archive field, and what a second digest lacks. Marks and chain have been set.
void place_request(SignRequest& request, const Host& host, const DocumentRow& document,
                   const FieldMap& map, const std::string& level);

}  // namespace cinnabar::contract
