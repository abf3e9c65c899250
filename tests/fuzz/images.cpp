// Pictures in a document: the input is the data of one, behind a first byte that chooses its
// filter and a second one for its shape. Drawn as a page is.
#include <render.hpp>

#include <cinnabar/error.hpp>

#include <iterator>
#include <string>

using namespace cinnabar;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const char* const kFilters[] = {"DCTDecode", "JPXDecode", "CCITTFaxDecode", "JBIG2Decode",
                                         "FlateDecode", "LZWDecode", "RunLengthDecode",
                                         "ASCII85Decode"};
  static const char* const kSpaces[] = {"/DeviceGray", "/DeviceRGB", "/DeviceCMYK",
                                        "[/Indexed /DeviceRGB 1 <000000FFFFFF>]"};
  if (size < 3) return 0;
  const std::string picture(reinterpret_cast<const char*>(data) + 2, size - 2);
  const int bits = 1 << (data[1] >> 2 & 3);
  const std::string bodies[] = {
      "<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
      "<</Type/Page/Parent 2 0 R/MediaBox[0 0 72 72]/Contents 4 0 R/Resources<</XObject<</I 5 0 R>>"
      ">>>>",
      "<</Length 21>>\nstream\n72 0 0 72 0 0 cm /I Do\nendstream",
      "<</Type/XObject/Subtype/Image/Width " + std::to_string(1 + (data[1] >> 4) * 4) +
          "/Height 16/BitsPerComponent " + std::to_string(bits) + "/ColorSpace " +
          kSpaces[data[1] & 3] + "/Filter/" + kFilters[data[0] % std::size(kFilters)] + "/Length " +
          std::to_string(picture.size()) + ">>\nstream\n" + picture + "\nendstream"};
  std::string file = "%PDF-1.7\n", table = "xref\n0 6\n0000000000 65535 f \n";
  int number = 0;
  for (const std::string& body : bodies) {
    char entry[32];
    std::snprintf(entry, sizeof entry, "%010zu 00000 n \n", file.size());
    table += entry;
    file += std::to_string(++number) + " 0 obj\n" + body + "\nendobj\n";
  }
  const std::size_t start = file.size();
  file += table + "trailer\n<</Size 6/Root 1 0 R>>\nstartxref\n" + std::to_string(start) +
          "\n%%EOF\n";
  try {
    pdf::render_page({Bytes::borrowed(file), 1, 36});
  } catch (const Error&) {
  }
  return 0;
}
