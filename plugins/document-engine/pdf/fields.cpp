#include "fields.hpp"

#include "overlay.hpp"
#include "sanitize.hpp"

#include <cinnabar/error.hpp>

#include <map>
#include <set>

namespace cinnabar::pdf {

namespace {

constexpr int kPrintAndLocked = 4 | 128;           // annotation flags, ISO 32000-2 table 167
constexpr int kSignaturesExistAppendOnly = 1 | 2;  // /SigFlags, ISO 32000-2 table 225

void check_names(const std::vector<FieldPlan>& fields) {
  std::set<std::string> seen;
  for (const FieldPlan& field : fields)
    if (field.name.empty() || field.name.find('.') != std::string::npos ||
        !seen.insert(field.name).second)
      throw Error("document.field_invalid", {{"field", field.name}});
}

QPDFObjectHandle empty_appearance(QPDF& pdf) {
  QPDFObjectHandle form = QPDFObjectHandle::newStream(&pdf, "");
  form.replaceDict(QPDFObjectHandle::parse(
      "<< /Type /XObject /Subtype /Form /BBox [0 0 1 1] /Resources << >> >>"));
  QPDFObjectHandle appearance = QPDFObjectHandle::newDictionary();
  appearance.replaceKey("/N", form);
  return appearance;
}

const Page& page_of(const Document& document, const FieldPlan& field) {
  if (field.visible) return checked_page(document.pages, field.page, field.rect, field.name);
  // Nothing is shown, so only the page counts.
  if (field.page < 1 || static_cast<std::size_t>(field.page) > document.pages.size())
    throw Error("document.page_out_of_range", {{"control", field.name},
                                               {"page", std::to_string(field.page)},
                                               {"pages", std::to_string(document.pages.size())}});
  return document.pages[static_cast<std::size_t>(field.page) - 1];
}

QPDFObjectHandle new_field(const Page& page, const FieldPlan& plan, QPDFObjectHandle appearance) {
  QPDFObjectHandle field = QPDFObjectHandle::newDictionary();
  field.replaceKey("/Type", QPDFObjectHandle::newName("/Annot"));
  field.replaceKey("/Subtype", QPDFObjectHandle::newName("/Widget"));
  field.replaceKey("/FT", QPDFObjectHandle::newName("/Sig"));
  field.replaceKey("/T", QPDFObjectHandle::newUnicodeString(plan.name));
  field.replaceKey("/F", QPDFObjectHandle::newInteger(kPrintAndLocked));
  field.replaceKey("/P", page.object);
  field.replaceKey("/Rect",
                   to_array(plan.visible ? to_user_space(page.geometry, plan.rect) : Box{}));
  if (plan.visible) field.replaceKey("/AP", appearance);
  return field;
}

}  // namespace

void add_fields(Document& document, const std::vector<FieldPlan>& fields) {
  check_names(fields);
  if (fields.empty()) return;
  QPDF& pdf = *document.pdf;
  const QPDFObjectHandle appearance = empty_appearance(pdf);
  QPDFObjectHandle list = QPDFObjectHandle::newArray();
  std::map<const Page*, std::vector<QPDFObjectHandle>> by_page;
  for (const FieldPlan& plan : fields) {
    const Page& page = page_of(document, plan);
    QPDFObjectHandle field = pdf.makeIndirectObject(new_field(page, plan, appearance));
    list.appendItem(field);
    by_page[&page].push_back(field);
  }
  for (auto& [page, added] : by_page) {
    QPDFObjectHandle object = page->object;
    std::vector<QPDFObjectHandle> annotations = annotations_of(object);
    annotations.insert(annotations.end(), added.begin(), added.end());
    object.replaceKey("/Annots", QPDFObjectHandle::newArray(annotations));
  }
  QPDFObjectHandle form = QPDFObjectHandle::newDictionary();
  form.replaceKey("/Fields", list);
  form.replaceKey("/SigFlags", QPDFObjectHandle::newInteger(kSignaturesExistAppendOnly));
  pdf.getRoot().replaceKey("/AcroForm", pdf.makeIndirectObject(form));
}

void add_security_store(Document& document, bool is_pdf_2) {
  QPDF& pdf = *document.pdf;
  QPDFObjectHandle root = pdf.getRoot();
  root.replaceKey("/DSS", pdf.makeIndirectObject(QPDFObjectHandle::parse("<< /Type /DSS >>")));
  if (is_pdf_2) return;
  QPDFObjectHandle extensions = root.getKey("/Extensions");
  if (!extensions.isDictionary()) extensions = QPDFObjectHandle::newDictionary();
  extensions.replaceKey(
      "/ESIC", QPDFObjectHandle::parse("<< /BaseVersion /1.7 /ExtensionLevel 5 >>"));
  root.replaceKey("/Extensions", extensions);
}

}  // namespace cinnabar::pdf
