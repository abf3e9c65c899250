// Reads from a frozen document what signing needs, so that signing never parses it.
//
// Owner: the document engine. Pure function: any thread. It reads the written bytes with the strict
// reader, every object of them: the proof that what we froze needs no repair when it is verified.
#pragma once

#include "load.hpp"

namespace cinnabar::pdf {

// The map of the fields of `plans`, which are the form's only fields, in this order.
// Error: document.damaged, when something of the upload came through that is not well-formed.
FieldMap read_field_map(std::string_view frozen, const std::vector<FieldPlan>& plans,
                        const std::vector<Page>& pages);

}  // namespace cinnabar::pdf
