#include "inspect.hpp"

#include "load.hpp"
#include "version.hpp"

namespace cinnabar::pdf {

namespace {

constexpr std::size_t kProducerMax = 200;  // bytes; it is shown, never used

std::string producer_of(QPDF& pdf) {
  QPDFObjectHandle info = pdf.getTrailer().getKey("/Info");
  if (!info.isDictionary() || !info.getKey("/Producer").isString()) return {};
  std::string text = info.getKey("/Producer").getUTF8Value();
  std::size_t size = std::min(text.size(), kProducerMax);
  while (size < text.size() && size > 0 && (text[size] & 0xC0) == 0x80) --size;
  text.resize(size);
  return text;
}

}  // namespace

Inspection inspect_document(const InspectRequest& request) {
  Document document = load(request.document.view(), request.pages_max);
  Inspection out;
  out.pdf_version = version_of(*document.pdf);
  out.producer = producer_of(*document.pdf);
  for (const Page& page : document.pages) out.pages.push_back(displayed_size(page.geometry));
  return out;
}

}  // namespace cinnabar::pdf
