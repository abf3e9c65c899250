// A document that is ready for signatures, for the tests of this folder. For tests only; any
// thread.
#pragma once

#include <cinnabar/testing/pdf_documents.hpp>
#include <cinnabar/testing/pdf_updates.hpp>

namespace cinnabar::pdf::test {

// A document whose signature fields are there and empty, and where they are.
struct Prepared {
  std::string document;
  FieldMap map;
};

inline Prepared prepared_document() {
  Prepared out;
  FieldMap& map = out.map;
  map.catalog_dictionary = "/Type /Catalog /Pages 4 0 R /AcroForm 2 0 R";
  map.catalog_object = 1;
  map.trailer_dictionary = "/Root 1 0 R";
  const char* kNames[] = {"cert", "a", "b", "c", "d"};
  std::vector<std::string> objects{"<< " + map.catalog_dictionary + " >>",
                                   "<< /Fields [7 0 R 8 0 R 9 0 R 10 0 R 11 0 R] /SigFlags 3 >>",
                                   stream_of("n"),
                                   "<< /Type /Pages /Count 2 /Kids [5 0 R 6 0 R] >>"};
  for (const char* annotations : {"7 0 R 8 0 R 9 0 R", "10 0 R 11 0 R"})
    objects.push_back("<< /Type /Page /Parent 4 0 R /MediaBox [0 0 595 842] /Contents 3 0 R"
                      " /Resources << >> /Annots [" +
                      std::string(annotations) + "] >>");
  for (int i = 0; i < 5; ++i) {
    PreparedField field;
    field.name = kNames[i];
    field.object = 7 + i;
    field.page = i < 3 ? 1 : 2;
    field.dictionary = "/Type /Annot /Subtype /Widget /FT /Sig /F 132 /T (" + field.name + ") /P " +
                       (i < 3 ? "5" : "6") + " 0 R /Rect [ " +
                       (i == 0 ? "0 0 0 0" : "20 20 70 70") + " ]";
    objects.push_back("<< " + field.dictionary + " /AP << /N 12 0 R >> >>");
    map.fields.push_back(field);
  }
  objects.push_back(stream_of("", "/Type/XObject/Subtype/Form/BBox[0 0 1 1]"));
  out.document = file_of(objects);
  map.next_object = static_cast<std::int64_t>(objects.size()) + 1;
  map.start_xref = static_cast<std::int64_t>(out.document.rfind("xref\n0 "));
  return out;
}

}  // namespace cinnabar::pdf::test
