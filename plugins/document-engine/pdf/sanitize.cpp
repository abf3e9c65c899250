#include "sanitize.hpp"

#include "limits.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace cinnabar::pdf {

namespace {

// Actions that move within the document or open an address that the reader shows first.
constexpr std::array kHarmlessActions{"/GoTo", "/URI", "/Named"};

// Annotations that are files, players or programs, or only for a press.
constexpr std::array kForbiddenAnnotations{"/FileAttachment", "/Movie", "/Sound",  "/Screen",
                                           "/RichMedia",      "/3D",    "/TrapNet"};

// Annotation flags, ISO 32000-2 table 167.
constexpr long long kUnseen = 1 | 2 | 32;  // Invisible, Hidden, NoView
constexpr long long kPrint = 4;
constexpr long long kToggleNoView = 256;

// Keys under which an action stands.
constexpr std::array kActionKeys{"/A", "/Next", "/PA", "/OpenAction"};

bool is_one_of(QPDFObjectHandle name, const auto& list) {
  return name.isName() && std::find(list.begin(), list.end(), name.getName()) != list.end();
}

bool is_one_forbidden_action(QPDFObjectHandle action) {
  if (!action.isDictionary()) return false;
  QPDFObjectHandle type = action.getKey("/S");
  return (type.isName() && !is_one_of(type, kHarmlessActions)) || action.hasKey("/JS");
}

// An action, or the list of them that a /Next may be.
bool is_forbidden_action(QPDFObjectHandle action) {
  if (!action.isArray()) return is_one_forbidden_action(action);
  for (int i = 0; i < action.getArrayNItems(); ++i)
    if (is_one_forbidden_action(action.getArrayItem(i))) return true;
  return false;
}

// What may have an /AA: a catalog, page, annotation or field. The entries that tell it have other
// types in a dictionary of resources, where each of these keys may be the name of a font.
bool has_triggers(QPDFObjectHandle dictionary) {
  constexpr std::array kTypes{"/Catalog", "/Page", "/Annot"};
  return is_one_of(dictionary.getKey("/Type"), kTypes) || dictionary.getKey("/FT").isName() ||
         dictionary.getKey("/T").isString() || dictionary.getKey("/Rect").isArray();
}

// The value of an /AA wherever it stands: some trigger has an action.
bool is_additional_actions(QPDFObjectHandle value) {
  if (!value.isDictionary()) return false;
  const std::set<std::string> triggers = value.getKeys();
  return std::any_of(triggers.begin(), triggers.end(), [&](const std::string& trigger) {
    QPDFObjectHandle action = value.getKey(trigger);
    return action.isDictionary() && (action.getKey("/S").isName() || action.hasKey("/JS"));
  });
}

// What a stream shows on the screen is what it prints: no other image, no proxy, no PostScript.
void clean_stream(QPDFObjectHandle stream) {
  QPDFObjectHandle dictionary = stream.getDict();
  for (const char* key : {"/Alternates", "/OPI", "/PS", "/Subtype2"}) dictionary.removeKey(key);
  if (dictionary.getKey("/Subtype").isNameAndEquals("/PS")) dictionary.removeKey("/Subtype");
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
  if (object.isStream()) clean_stream(object);
  if (has_triggers(dictionary) || is_additional_actions(dictionary.getKey("/AA")))
    dictionary.removeKey("/AA");
  // States of a layer for screen and for print.
  if (dictionary.getKey("/Type").isNameAndEquals("/OCG")) dictionary.removeKey("/Usage");
  for (const char* key : kActionKeys)
    if (dictionary.hasKey(key) && is_forbidden_action(dictionary.getKey(key)))
      dictionary.removeKey(key);
  for (const std::string& key : dictionary.getKeys()) {
    QPDFObjectHandle value = dictionary.getKey(key);
    if (!value.isIndirect()) clean(value, depth + 1);
  }
}

// Layers keep their one state of the default configuration, whatever a reader is about to do.
void clean_layers(QPDFObjectHandle properties) {
  if (!properties.isDictionary()) return;
  properties.removeKey("/Configs");
  if (properties.getKey("/D").isDictionary()) properties.getKey("/D").removeKey("/AS");
  QPDFObjectHandle layers = properties.getKey("/OCGs");
  if (!layers.isArray()) return;
  for (int i = 0; i < layers.getArrayNItems(); ++i)
    if (layers.getArrayItem(i).isDictionary()) layers.getArrayItem(i).removeKey("/Usage");
}

void clean_catalog(QPDFObjectHandle root) {
  for (const char* key : {"/AA", "/OpenAction", "/Perms", "/DSS", "/Collection", "/AF", "/Version"})
    root.removeKey(key);
  clean_layers(root.getKey("/OCProperties"));
  QPDFObjectHandle names = root.getKey("/Names");
  if (!names.isDictionary()) return;
  for (const char* key :
       {"/JavaScript", "/EmbeddedFiles", "/Renditions", "/AlternatePresentations"})
    names.removeKey(key);
}

long long flags_of(QPDFObjectHandle annotation) {
  QPDFObjectHandle flags = annotation.getKey("/F");
  return flags.isInteger() ? flags.getIntValue() : 0;
}

bool is_a(QPDFObjectHandle annotation, const char* subtype) {
  return annotation.getKey("/Subtype").isNameAndEquals(subtype);
}

// Shown to nobody on the screen, and so nobody agrees to what it prints. A popup goes with its
// annotation.
bool is_unseen(QPDFObjectHandle annotation) {
  if ((flags_of(annotation) & kUnseen) != 0) return true;
  QPDFObjectHandle parent = annotation.getKey("/Parent");
  return is_a(annotation, "/Popup") && parent.isDictionary() && (flags_of(parent) & kUnseen) != 0;
}

// What is seen on the screen is printed too, at the same place and with one appearance only.
void settle_annotation(QPDFObjectHandle annotation) {
  annotation.replaceKey(
      "/F", QPDFObjectHandle::newInteger((flags_of(annotation) | kPrint) & ~kToggleNoView));
  annotation.removeKey("/FixedPrint");
  QPDFObjectHandle appearance = annotation.getKey("/AP");
  if (!appearance.isDictionary()) return;
  for (const char* key : {"/D", "/R"}) appearance.removeKey(key);
}

void clean_page(QPDFObjectHandle page) {
  for (const char* key : {"/AA", "/AF", "/PresSteps"}) page.removeKey(key);
  std::vector<QPDFObjectHandle> kept;
  const std::vector<QPDFObjectHandle> all = annotations_of(page);
  for (QPDFObjectHandle annotation : all) {
    annotation.removeKey("/AA");
    // Widgets keep their flags until their appearances are drawn.
    const bool widget = is_a(annotation, "/Widget");
    if (!widget &&
        (is_unseen(annotation) || is_one_of(annotation.getKey("/Subtype"), kForbiddenAnnotations)))
      continue;
    if (!widget) settle_annotation(annotation);
    kept.push_back(annotation);
  }
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
