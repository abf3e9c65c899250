// The adapter between the interface cinnabar.document-engine/1 and the functions of this folder.
#include "freeze.hpp"
#include "inspect.hpp"
#include "render.hpp"
#include "report.hpp"
#include "typeset.hpp"

#include <cinnabar/plugin.hpp>

namespace cinnabar {

class PdfEngine final : public DocumentEngine {
 public:
  using Interface = DocumentEngine;

  // Fonts and tables are loaded here, before the worker closes its sandbox.
  void start() {
    pdf::warm_fonts();
    pdf::warm_renderer();
  }

  Inspection inspect(const InspectRequest& request, const Call&) override {
    return pdf::inspect_document(request);
  }
  Frozen freeze(const FreezeRequest& request, const Call&) override {
    return pdf::freeze_document(request);
  }
  Rendered render(const RenderRequest& request, const Call&) override {
    return pdf::render_page(request);
  }
  PageTexts text(const TextRequest& request, const Call&) override {
    return pdf::read_text(request);
  }
  Frozen report(const ReportRequest& request, const Call&) override {
    return pdf::make_report(request);
  }
};

}  // namespace cinnabar

CINNABAR_PLUGIN(cinnabar::PdfEngine)
