#include "test_document.hpp"

#include "pdf_text.hpp"

#include <cinnabar/digest_state.hpp>

namespace cinnabar::pades {
namespace {

std::string number(double value) {
  std::string out;
  append_number(out, value);
  return out;
}

// Objects one after the other, with what a cross-reference section of either kind needs.
class BaseWriter {
 public:
  std::string bytes = "%PDF-1.7\n%\xE2\xE3\xCF\xD3\n";

  void object(std::int64_t at, const std::string& body) {
    offsets.resize(std::max(offsets.size(), static_cast<std::size_t>(at) + 1), 0);
    offsets[static_cast<std::size_t>(at)] = bytes.size();
    bytes += std::to_string(at) + " 0 obj\n" + body + "\nendobj\n";
  }
  void table(const std::string& trailer) {
    bytes += "xref\n0 " + std::to_string(offsets.size()) + "\n0000000000 65535 f \n";
    for (std::size_t i = 1; i < offsets.size(); ++i) {
      const std::string digits = std::to_string(offsets[i]);
      bytes += std::string(10 - digits.size(), '0') + digits + " 00000 n \n";
    }
    bytes += "trailer\n<<" + trailer + " /Size " + std::to_string(offsets.size()) + ">>\n";
  }
  void stream(const std::string& trailer) {
    offsets.push_back(bytes.size());
    std::string entries(1, '\0');
    entries.append(5, '\0');
    for (std::size_t i = 1; i < offsets.size(); ++i) {
      entries += '\1';
      for (int shift = 24; shift >= 0; shift -= 8)
        entries += static_cast<char>(offsets[i] >> shift & 0xFF);
      entries += '\0';
    }
    bytes += std::to_string(offsets.size() - 1) + " 0 obj\n<</Type /XRef /W [1 4 1] /Size " +
             std::to_string(offsets.size()) + " " + trailer + " /Length " +
             std::to_string(entries.size()) + ">>\nstream\n" + entries + "\nendstream\nendobj\n";
  }

  std::vector<std::size_t> offsets;
};

PreparedField prepared_of(const TestField& field, std::int64_t object, int rotate,
                          std::int64_t first_page) {
  const bool turned = rotate == 90 || rotate == 270;
  PreparedField prepared;
  prepared.name = field.name;
  prepared.object = object;
  prepared.page = field.page;
  prepared.rotate = rotate;
  prepared.width = turned ? field.height : field.width;
  prepared.height = turned ? field.width : field.height;
  prepared.dictionary = "/Type /Annot /Subtype /Widget /FT /Sig /T (" + field.name +
                        ") /F 132 /P " + reference(first_page + field.page - 1) + " /Rect [" +
                        number(field.x) + " " + number(field.y) + " " +
                        number(field.x + field.width) + " " + number(field.y + field.height) +
                        "]";
  return prepared;
}

}  // namespace

DocumentState TestDocument::state() const {
  DigestState digest;
  digest.update(bytes);
  DigestState384 digest_384;
  digest_384.update(bytes);
  return {2, digest.size(), map.start_xref, map.next_object, digest.encode(), digest_384.encode(),
          {}, 0};
}

TestDocument make_document(const TestPlan& plan) {
  constexpr std::int64_t kCatalog = 1, kPages = 2, kFont = 3, kFirstPage = 4;
  const auto pages = static_cast<std::int64_t>(plan.rotations.size());
  const auto content_of = [&](std::int64_t page) { return kFirstPage + pages + page; };
  const std::int64_t first_field = kFirstPage + 2 * pages;

  TestDocument document;
  FieldMap& map = document.map;
  std::string all_fields;
  std::vector<std::string> annotations(plan.rotations.size());
  for (std::size_t i = 0; i < plan.fields.size(); ++i) {
    const TestField& field = plan.fields[i];
    const std::int64_t object = first_field + static_cast<std::int64_t>(i);
    const auto page = static_cast<std::size_t>(field.page - 1);
    const int rotate = plan.rotations[page];
    const PreparedField prepared = prepared_of(field, object, rotate, kFirstPage);
    map.fields.push_back(prepared);
    all_fields += reference(object) + " ";
    annotations[page] += reference(object) + " ";
  }
  map.catalog_object = kCatalog;
  map.catalog_dictionary =
      "/Type /Catalog /Pages 2 0 R /AcroForm <</SigFlags 3 /Fields [" + all_fields + "]>>";
  if (plan.long_term) {
    map.security_store = first_field + static_cast<std::int64_t>(plan.fields.size());
    map.catalog_dictionary += " /DSS " + reference(map.security_store);
  }
  map.trailer_dictionary = "/Root 1 0 R /ID [<00112233> <00112233>]";

  BaseWriter out;
  out.object(kCatalog, "<<" + map.catalog_dictionary + ">>");
  std::string kids;
  for (std::int64_t i = 0; i < pages; ++i) kids += reference(kFirstPage + i) + " ";
  out.object(kPages, "<</Type /Pages /Count " + std::to_string(pages) + " /Kids [" + kids + "]>>");
  out.object(kFont, "<</Type /Font /Subtype /Type1 /BaseFont /Helvetica>>");
  for (std::int64_t i = 0; i < pages; ++i) {
    const auto page = static_cast<std::size_t>(i);
    out.object(kFirstPage + i,
               "<</Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Rotate " +
                   std::to_string(plan.rotations[page]) + " /Contents " + reference(content_of(i)) +
                   " /Resources <</Font <</F 3 0 R>>>> /Annots [" + annotations[page] + "]>>");
    const std::string text = "BT /F 14 Tf 60 780 Td (Page " + std::to_string(i + 1) + ") Tj ET";
    out.object(content_of(i),
               "<</Length " + std::to_string(text.size()) + ">>\nstream\n" + text + "\nendstream");
  }
  for (const PreparedField& field : map.fields)
    out.object(field.object, "<<" + field.dictionary + ">>");
  if (plan.long_term) out.object(map.security_store, "<</Type /DSS>>");
  if (plan.padding > 0) out.bytes += "%" + std::string(plan.padding, 'x') + "\n";

  map.start_xref = static_cast<std::int64_t>(out.bytes.size());
  map.xref_kind = plan.xref_stream ? "stream" : "table";
  if (plan.xref_stream)
    out.stream(map.trailer_dictionary);
  else
    out.table(map.trailer_dictionary);
  map.next_object = static_cast<std::int64_t>(out.offsets.size());
  out.bytes += "startxref\n" + std::to_string(map.start_xref) + "\n%%EOF";
  if (plan.final_newline) out.bytes += "\n";
  document.bytes = std::move(out.bytes);
  return document;
}

Drawing make_seal(double width, double height) {
  Drawing drawing;
  drawing.width = width;
  drawing.height = height;
  // A frame along the edge, and a bar in the lower left corner.
  drawing.content =
      Bytes("/Multiply gs 0.8 0.1 0.1 RG 2 w 1 1 " + number(width - 2) + " " + number(height - 2) +
            " re S 0.8 0.1 0.1 rg 4 4 " + number(width / 3) + " " + number(height / 5) + " re f");
  return drawing;
}

}  // namespace cinnabar::pades
