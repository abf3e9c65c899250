#include "flatten.hpp"

#include "sanitize.hpp"

#include <qpdf/QPDFAcroFormDocumentHelper.hh>
#include <qpdf/QPDFAnnotationObjectHelper.hh>

namespace cinnabar::pdf {

namespace {

// Resources of the form's fields that an appearance without its own relies on.
void lend_resources(QPDFObjectHandle appearance, QPDFObjectHandle form_resources) {
  QPDFObjectHandle dictionary = appearance.getDict();
  if (!dictionary.getKey("/Resources").isDictionary() && form_resources.isDictionary())
    dictionary.replaceKey("/Resources", form_resources.shallowCopy());
}

Addition flatten_page(const Page& page, QPDFObjectHandle form_resources, const Composer& composer) {
  Addition out;
  QPDFObjectHandle object = page.object;
  std::vector<QPDFObjectHandle> kept;
  const std::vector<QPDFObjectHandle> all = annotations_of(object);
  for (QPDFObjectHandle annotation : all) {
    if (!annotation.getKey("/Subtype").isNameAndEquals("/Widget")) {
      kept.push_back(annotation);
      continue;
    }
    QPDFAnnotationObjectHelper helper(annotation);
    QPDFObjectHandle appearance = helper.getAppearanceStream("/N");
    if (!appearance.isStream()) continue;
    lend_resources(appearance, form_resources);
    const std::string name = composer.name("Field" + std::to_string(out.forms.size()));
    const std::string drawn = helper.getPageContentForAppearance(
        name, page.geometry.rotate, 0, an_hidden | an_no_view | an_invisible);
    if (drawn.empty()) continue;
    out.operators += drawn;
    out.forms.emplace_back(name, appearance);
  }
  if (kept.size() == all.size()) return out;
  object.removeKey("/Annots");
  if (!kept.empty()) object.replaceKey("/Annots", QPDFObjectHandle::newArray(kept));
  return out;
}

}  // namespace

std::vector<Addition> flatten_form(Document& document, const Composer& composer) {
  QPDFObjectHandle root = document.pdf->getRoot();
  QPDFObjectHandle form = root.getKey("/AcroForm");
  QPDFObjectHandle resources =
      form.isDictionary() ? form.getKey("/DR") : QPDFObjectHandle::newNull();
  if (form.isDictionary()) QPDFAcroFormDocumentHelper(*document.pdf).generateAppearancesIfNeeded();
  std::vector<Addition> out;
  for (const Page& page : document.pages) out.push_back(flatten_page(page, resources, composer));
  root.removeKey("/AcroForm");
  return out;
}

}  // namespace cinnabar::pdf
