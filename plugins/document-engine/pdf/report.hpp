// Draws a report: a document of our own, of headings, labelled values and tables.
//
// Owner: the document engine. Not thread-safe; one thread a process. The result is frozen like any
// other document, so that it can be signed.
#pragma once

#include <cinnabar/services/document_engine.hpp>

namespace cinnabar::pdf {

// Errors: document.text_invalid, and those of freeze_document().
Frozen make_report(const ReportRequest& request);

}  // namespace cinnabar::pdf
