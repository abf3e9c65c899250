#include "load.hpp"

#include "limits.hpp"
#include "page_tree.hpp"
#include "streams.hpp"

#include <cinnabar/error.hpp>
#include <cinnabar/pdf/form.hpp>
#include <qpdf/QPDFExc.hh>
#include <qpdf/QPDFLogger.hh>
#include <qpdf/QPDFPageObjectHelper.hh>

#include <new>

namespace cinnabar::pdf {

namespace {

// Readers look for the header in the first kilobyte (ISO 32000-2 Annex I, note on 7.5.2).
constexpr std::size_t kHeaderWindow = 1024;
// %%EOF stands in the last kilobyte of a file that was not cut off.
constexpr std::size_t kTailWindow = 1024;

Error damaged(const std::string& reason) { return Error("document.damaged", {{"reason", reason}}); }

void check_frame(std::string_view bytes) {
  if (bytes.empty()) throw Error("document.empty", {{"reason", "the file has no bytes"}});
  if (bytes.substr(0, kHeaderWindow).find("%PDF-") == std::string_view::npos)
    throw Error("document.not_pdf");
  const std::size_t tail = bytes.size() - std::min(bytes.size(), kTailWindow);
  if (bytes.find("%%EOF", tail) == std::string_view::npos)
    throw damaged("the file is cut off: its end mark is missing");
}

// What the strict reader can tell: signatures in any revision, and structures that inflate beyond
// the limit before qpdf, which has none, reads them. A file it cannot follow is qpdf's to judge.
bool strictly_readable(std::string_view bytes) {
  try {
    const File file(bytes);
    if (file.encrypted()) throw Error("document.encrypted");
    for (std::size_t revision = 0; revision <= file.last(); ++revision)
      for (const auto& [number, entry] : file.revisions()[revision].entries)
        if (entry.kind == Entry::Kind::compressed) file.load(number, revision);
    if (!find_signatures(file).empty() ||
        file.resolve_at(file.catalog(file.last()), "Perms", file.last()).has("UR3"))
      throw Error("document.signed");
    return true;
  } catch (const TooComplex& e) {
    throw Error("document.too_complex", {{"reason", e.what()}});
  } catch (const Malformed&) {
    return false;
  }
}

std::unique_ptr<QPDF> open(std::string_view bytes) {
  auto pdf = new_pdf();
  try {
    pdf->processMemoryFile("document", bytes.data(), bytes.size());
  } catch (const QPDFExc& e) {
    if (e.getErrorCode() == qpdf_e_password) throw Error("document.encrypted");
    throw damaged(e.getMessageDetail());
  }
  if (pdf->isEncrypted()) throw Error("document.encrypted");
  return pdf;
}

// qpdf tells in its warnings that it had to look for the objects itself.
void reject_reconstructed(QPDF& pdf) {
  for (const QPDFExc& warning : pdf.getWarnings())
    if (warning.getMessageDetail().find("reconstruct") != std::string::npos)
      throw damaged("the cross-reference data is wrong");
}

void reject_form(QPDF& pdf) {
  QPDFObjectHandle root = pdf.getRoot();
  if (root.getKey("/Perms").isDictionary() && !root.getKey("/Perms").getKeys().empty())
    throw Error("document.signed");
  QPDFObjectHandle form = root.getKey("/AcroForm");
  if (form.isDictionary() && !form.getKey("/XFA").isNull()) throw Error("document.xfa");
  if (root.getKey("/NeedsRendering").isBool() && root.getKey("/NeedsRendering").getBoolValue())
    throw Error("document.xfa");
}

// Signed for sure, when the strict reader had to give up: a dictionary with the keys of a
// signature.
void reject_signature_dictionaries(QPDF& pdf) {
  for (QPDFObjectHandle object : pdf.getAllObjects())
    if (object.isDictionary() && object.hasKey("/ByteRange") && object.hasKey("/Contents"))
      throw Error("document.signed");
}

// Content is decoded when a value is drawn on its page; that it is too much is told at the upload.
void check_contents(const std::vector<Page>& pages, const std::map<int, std::size_t>& sizes) {
  std::size_t total = 0;
  for (const Page& page : pages) {
    std::size_t size = 0;
    QPDFObjectHandle object = page.object;
    for (QPDFObjectHandle stream : QPDFPageObjectHelper(object).getPageContents()) {
      const auto found = sizes.find(stream.getObjectID());
      if (found != sizes.end()) size += found->second;
    }
    total += size;
    if (size > kPageContentMax || total > kContentTotalMax)
      throw Error("document.too_complex", {{"reason", "the pages have too much content"}});
  }
}

Document load_checked(std::string_view bytes, int pages_max) {
  check_frame(bytes);
  const bool strict = strictly_readable(bytes);
  if (!strict) reject_bombs(bytes);
  Document document;
  document.pdf = open(bytes);
  QPDF& pdf = *document.pdf;
  reject_reconstructed(pdf);
  if (!pdf.getRoot().isDictionary()) throw damaged("the document has no catalog");
  reject_form(pdf);
  document.pages = read_page_tree(pdf, pages_max);
  // Now that the tree is known to be one, qpdf may walk it: it gives a page that stands twice a
  // copy.
  pdf.getAllPages();
  document.pages = read_page_tree(pdf, pages_max);
  if (document.pages.empty())
    throw Error("document.empty", {{"reason", "the document has no pages"}});
  check_contents(document.pages, check_streams(pdf));
  reject_reconstructed(pdf);
  if (!strict) reject_signature_dictionaries(pdf);
  return document;
}

}  // namespace

QPDFObjectHandle to_array(const Box& box) {
  QPDFObjectHandle out = QPDFObjectHandle::newArray();
  for (const Micro side : {box.left, box.bottom, box.right, box.top})
    out.appendItem(side % 1'000'000 == 0 ? QPDFObjectHandle::newInteger(side / 1'000'000)
                                         : QPDFObjectHandle::newReal(format_micro(side)));
  return out;
}

std::unique_ptr<QPDF> new_pdf() {
  auto pdf = std::make_unique<QPDF>();
  pdf->setSuppressWarnings(true);
  auto silent = QPDFLogger::create();
  silent->setError(silent->discard());
  silent->setWarn(silent->discard());
  silent->setInfo(silent->discard());
  pdf->setLogger(silent);
  return pdf;
}

Document load(std::string_view bytes, int pages_max) {
  try {
    return load_checked(bytes, pages_max);
  } catch (const QPDFExc& e) {
    throw damaged(e.getMessageDetail());
  } catch (const std::bad_alloc&) {
    throw Error("document.too_complex", {{"reason", "the document needs too much memory"}});
  } catch (const std::length_error&) {
    throw Error("document.too_complex", {{"reason", "the document needs too much memory"}});
  } catch (const std::logic_error& e) {
    throw damaged(e.what());
  } catch (const std::runtime_error& e) {
    throw damaged(e.what());
  }
}

}  // namespace cinnabar::pdf
