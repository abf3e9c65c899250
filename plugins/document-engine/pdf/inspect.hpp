// What an uploaded document is: version, producer, pages as displayed.
//
// Owner: the document engine. Not thread-safe; the worker's one thread.
#pragma once

#include <cinnabar/services/document_engine.hpp>

namespace cinnabar::pdf {

// Errors: those of load().
Inspection inspect_document(const InspectRequest& request);

}  // namespace cinnabar::pdf
