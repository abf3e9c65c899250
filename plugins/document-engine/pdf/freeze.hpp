// Freezes a document: values drawn, fields in place, one clean revision that is only appended to.
//
// Owner: the document engine. Not thread-safe; the worker's one thread. The result has a classic
// cross-reference table in one piece, no object streams, no form but ours, and passes the strict
// reader. Text and fonts of the upload stay byte for byte. Source: ISO 32000-2, 7.5.
#pragma once

#include <cinnabar/services/document_engine.hpp>

namespace cinnabar::pdf {

// Errors: those of load(), draw_fills(), draw_watermark_tile() and add_fields().
Frozen freeze_document(const FreezeRequest& request);

}  // namespace cinnabar::pdf
