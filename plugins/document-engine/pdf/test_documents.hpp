// What qpdf makes of the documents of tests, and says of them. For tests only; any thread.
#pragma once

#include "qpdf.hpp"

#include <cinnabar/testing/pdf_documents.hpp>
#include <qpdf/Buffer.hh>
#include <qpdf/QPDFWriter.hh>

#include <functional>
#include <memory>
#include <string>

namespace cinnabar::pdf::test {

// The file as qpdf writes it with the given settings.
inline std::string rewritten(const std::string& file,
                             const std::function<void(QPDFWriter&)>& settings) {
  QPDF pdf;
  pdf.processMemoryFile("test", file.data(), file.size());
  QPDFWriter writer(pdf);
  writer.setOutputMemory();
  settings(writer);
  writer.write();
  const std::unique_ptr<Buffer> buffer(writer.getBuffer());
  return std::string(reinterpret_cast<const char*>(buffer->getBuffer()), buffer->getSize());
}

// No complaint from qpdf about structure or page contents.
inline bool qpdf_finds_no_fault(const std::string& file) {
  QPDF pdf;
  pdf.setSuppressWarnings(true);
  pdf.processMemoryFile("test", file.data(), file.size());
  for (QPDFObjectHandle object : pdf.getAllObjects())
    if (object.isStream()) object.getRawStreamData();
  return !pdf.anyWarnings();
}

}  // namespace cinnabar::pdf::test
