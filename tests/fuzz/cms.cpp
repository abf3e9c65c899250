// What stands in a signature's /Contents, over a fixed text. The first byte chooses the form.
#include <cms.hpp>

#include <iterator>

using namespace cinnabar;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const char* const kForms[] = {"ETSI.CAdES.detached", "adbe.pkcs7.detached",
                                       "adbe.pkcs7.sha1", "adbe.x509.rsa_sha1", "ETSI.RFC3161"};
  if (size == 0) return 0;
  const std::string_view contents(reinterpret_cast<const char*>(data) + 1, size - 1);
  pdf::check_contents(contents, kForms[data[0] % std::size(kForms)], {"covered", " text"},
                      contents);
  return 0;
}
