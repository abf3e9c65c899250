#include "sanitize.hpp"

#include "limits.hpp"

#include <algorithm>
#include <array>

namespace cinnabar::pdf {

namespace {

constexpr std::array kForbiddenActions{
    "/JavaScript",       "/Launch", "/SubmitForm", "/ResetForm", "/ImportData",
    "/Rendition",        "/Movie",  "/Sound",      "/GoToE",     "/SetOCGState",
    "/RichMediaExecute", "/Hide",   "/GoTo3DView", "/Trans",     "/GoToDp"};

// Annotations that are files, players or programs.
constexpr std::array kForbiddenAnnotations{"/FileAttachment", "/Movie",     "/Sound",
                                           "/Screen",         "/RichMedia", "/3D"};

// Keys under which an action stands.
constexpr std::array kActionKeys{"/A", "/Next", "/PA", "/OpenAction"};

bool is_one_of(QPDFObjectHandle name, const auto& list) {
  return name.isName() && std::find(list.begin(), list.end(), name.getName()) != list.end();
}

bool is_forbidden_action(QPDFObjectHandle action) {
  if (action.isArray()) {
    for (int i = 0; i < action.getArrayNItems(); ++i)
      if (is_forbidden_action(action.getArrayItem(i))) return true;
    return false;
  }
  if (!action.isDictionary()) return false;
  return is_one_of(action.getKey("/S"), kForbiddenActions) || action.hasKey("/JS");
}

// The value of an /AA: triggers, each with an action. A resource may have the same name.
bool is_additional_actions(QPDFObjectHandle value) {
  if (!value.isDictionary() || value.getKeys().empty()) return false;
  for (const std::string& trigger : value.getKeys()) {
    QPDFObjectHandle action = value.getKey(trigger);
    if (!action.isDictionary() || !(action.getKey("/S").isName() || action.hasKey("/JS")))
      return false;
  }
  return true;
}

// Cleans a dictionary and the direct values below it; indirect ones come on their own.
void clean(QPDFObjectHandle object, int depth) {
  if (depth > kNestingMax) return;
  if (object.isArray()) {
    for (int i = 0; i < object.getArrayNItems(); ++i) {
      QPDFObjectHandle item = object.getArrayItem(i);
      if (!item.isIndirect()) clean(item, depth + 1);
    }
    return;
  }
  QPDFObjectHandle dictionary = object.isStream() ? object.getDict() : object;
  if (!dictionary.isDictionary()) return;
  if (is_additional_actions(dictionary.getKey("/AA"))) dictionary.removeKey("/AA");
  for (const char* key : kActionKeys)
    if (dictionary.hasKey(key) && is_forbidden_action(dictionary.getKey(key)))
      dictionary.removeKey(key);
  for (const std::string& key : dictionary.getKeys()) {
    QPDFObjectHandle value = dictionary.getKey(key);
    if (!value.isIndirect()) clean(value, depth + 1);
  }
}

void clean_catalog(QPDFObjectHandle root) {
  for (const char* key : {"/OpenAction", "/Perms", "/DSS", "/Collection", "/AF", "/Version"})
    root.removeKey(key);
  QPDFObjectHandle names = root.getKey("/Names");
  if (!names.isDictionary()) return;
  for (const char* key :
       {"/JavaScript", "/EmbeddedFiles", "/Renditions", "/AlternatePresentations"})
    names.removeKey(key);
}

void clean_page(QPDFObjectHandle page) {
  page.removeKey("/AF");
  page.removeKey("/PresSteps");
  std::vector<QPDFObjectHandle> kept;
  const std::vector<QPDFObjectHandle> all = annotations_of(page);
  for (QPDFObjectHandle annotation : all)
    if (!is_one_of(annotation.getKey("/Subtype"), kForbiddenAnnotations))
      kept.push_back(annotation);
  page.removeKey("/Annots");
  if (!kept.empty()) page.replaceKey("/Annots", QPDFObjectHandle::newArray(kept));
}

}  // namespace

std::vector<QPDFObjectHandle> annotations_of(QPDFObjectHandle page) {
  std::vector<QPDFObjectHandle> out;
  QPDFObjectHandle array = page.getKey("/Annots");
  if (!array.isArray()) return out;
  for (int i = 0; i < array.getArrayNItems(); ++i)
    if (array.getArrayItem(i).isDictionary()) out.push_back(array.getArrayItem(i));
  return out;
}

void sanitize(Document& document) {
  for (QPDFObjectHandle object : document.pdf->getAllObjects()) clean(object, 0);
  clean_catalog(document.pdf->getRoot());
  for (const Page& page : document.pages) clean_page(page.object);
}

}  // namespace cinnabar::pdf
