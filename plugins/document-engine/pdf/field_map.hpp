// Reads from a frozen document what signing needs, so that signing never parses it.
//
// Owner: the document engine. Pure function: any thread. It reads the written bytes with the strict
// reader, which is at the same time the proof that what we froze needs no repair.
#pragma once

#include "load.hpp"

namespace cinnabar::pdf {

// The map of the fields of `plans`, which are the form's only fields, in this order.
// Throws internal failures only: the bytes are our own.
FieldMap read_field_map(std::string_view frozen, const std::vector<FieldPlan>& plans,
                        const std::vector<Page>& pages);

}  // namespace cinnabar::pdf
