// The adapter between the interface cinnabar.document-verifier/1 and the functions of this folder.
#include "texts.hpp"
#include "verify.hpp"

#include <cinnabar/plugin.hpp>

namespace cinnabar {

class PdfVerifier final : public DocumentVerifier {
 public:
  using Interface = DocumentVerifier;

  VerifyReport verify(const VerifyRequest& request, const Call&) override {
    VerifyReport report = pdf::verify_document(request);
    pdf::add_texts(report);
    return report;
  }
};

}  // namespace cinnabar

CINNABAR_PLUGIN(cinnabar::PdfVerifier)
