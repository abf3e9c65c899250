#include "content.hpp"

#include "limits.hpp"
#include "streams.hpp"

#include <cinnabar/pdf/parser.hpp>
#include <qpdf/QPDFPageObjectHelper.hh>

#include <algorithm>
#include <set>

namespace cinnabar::pdf {

namespace {

class Scanner {
 public:
  explicit Scanner(std::string_view content) : content_(content) {}

  ContentBalance run() {
    while (!balance_.broken && next()) {
    }
    balance_.broken |= arrays_ > 0;
    return balance_;
  }

 private:
  int peek(std::size_t ahead = 0) const {
    return at_ + ahead < content_.size() ? static_cast<unsigned char>(content_[at_ + ahead]) : -1;
  }

  bool next() {
    const int c = peek();
    if (c < 0) return false;
    if (c == '%') {
      at_ = std::min(content_.find_first_of("\r\n", at_), content_.size());
    } else if (c == '(') {
      skip_string();
    } else if (c == '<' && peek(1) != '<') {
      skip_hex();
    } else if (c == '/') {
      ++at_;
      skip_regular();
    } else if (is_pdf_space(c) || is_pdf_delimiter(c)) {
      arrays_ += (c == '[') - (c == ']' && arrays_ > 0);
      ++at_;
    } else {
      const std::size_t begin = at_;
      skip_regular();
      operate(content_.substr(begin, at_ - begin));
    }
    return true;
  }

  void operate(std::string_view token) {
    if (token == "q") {
      ++balance_.open;
    } else if (token == "Q") {
      --balance_.open;
      balance_.missing = std::max(balance_.missing, -balance_.open);
    } else if (token == "BT") {
      balance_.open_text = true;
    } else if (token == "ET") {
      balance_.open_text = false;
    } else if (token == "ID") {
      skip_inline_image();
    }
  }

  void skip_regular() {
    while (peek() >= 0 && !is_pdf_space(peek()) && !is_pdf_delimiter(peek())) ++at_;
  }

  void skip_string() {
    int open = 0;
    for (; peek() >= 0; ++at_) {
      if (peek() == '\\') {
        ++at_;
      } else if (peek() == '(') {
        ++open;
      } else if (peek() == ')' && --open == 0) {
        ++at_;
        return;
      }
    }
    balance_.broken = true;
  }

  void skip_hex() {
    const std::size_t end = content_.find('>', at_);
    if (end == std::string_view::npos) {
      balance_.broken = true;
    } else {
      at_ = end + 1;
    }
  }

  // The data end at an EI between white space that is not itself part of binary data: what follows
  // it reads as text.
  void skip_inline_image() {
    for (at_ = content_.find("EI", at_); at_ != std::string_view::npos;
         at_ = content_.find("EI", at_ + 1)) {
      const bool before = at_ > 0 && is_pdf_space(static_cast<unsigned char>(content_[at_ - 1]));
      const bool after = peek(2) < 0 || is_pdf_space(peek(2));
      if (before && after && reads_as_text(content_.substr(at_ + 2, 12))) {
        at_ += 2;
        return;
      }
    }
    at_ = content_.size();
    balance_.broken = true;
  }

  static bool reads_as_text(std::string_view bytes) {
    return std::all_of(bytes.begin(), bytes.end(), [](char c) {
      const int code = static_cast<unsigned char>(c);
      return code < 127 && (code >= 32 || (code != 0 && is_pdf_space(code)));
    });
  }

  std::string_view content_;
  std::size_t at_ = 0;
  int arrays_ = 0;
  ContentBalance balance_;
};

std::string repeated(std::string_view text, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) out += text;
  return out;
}

// The page's resources with room for XObjects of ours, changed for this page alone.
QPDFObjectHandle own_xobjects(QPDFObjectHandle page) {
  QPDFObjectHandle resources = page.getKey("/Resources");
  resources =
      resources.isDictionary() ? resources.shallowCopy() : QPDFObjectHandle::newDictionary();
  QPDFObjectHandle xobjects = resources.getKey("/XObject");
  xobjects = xobjects.isDictionary() ? xobjects.shallowCopy() : QPDFObjectHandle::newDictionary();
  resources.replaceKey("/XObject", xobjects);
  page.replaceKey("/Resources", resources);
  return xobjects;
}

// The page's own names of XObjects begin with none of ours: an upload may have been made here.
std::string unused_prefix(const Document& document) {
  std::set<std::string> taken;
  for (const Page& page : document.pages) {
    QPDFObjectHandle object = page.object;
    QPDFObjectHandle resources = object.getKey("/Resources");
    if (!resources.isDictionary() || !resources.getKey("/XObject").isDictionary()) continue;
    for (const std::string& key : resources.getKey("/XObject").getKeys())
      if (key.compare(0, 4, "/Cnb") == 0) taken.insert(key);
  }
  for (int i = 0;; ++i) {
    const std::string prefix = "/Cnb" + std::to_string(i) + "x";
    const auto found = taken.lower_bound(prefix);
    if (found == taken.end() || found->compare(0, prefix.size(), prefix) != 0) return prefix;
  }
}

}  // namespace

ContentBalance scan_content(std::string_view content) { return Scanner(content).run(); }

Composer::Composer(Document& document)
    : pdf_(*document.pdf), prefix_(unused_prefix(document)), budget_(kContentTotalMax) {}

// Content that ends in the middle of something would swallow what we add: it becomes a form, whose
// end is its own.
std::vector<QPDFObjectHandle> Composer::as_form(const Page& page) {
  QPDFObjectHandle object = page.object;
  QPDFObjectHandle form = QPDFPageObjectHelper(object).getFormXObjectForPage(false);
  form.getDict().replaceKey("/BBox", to_array(page.geometry.crop));
  own_xobjects(object).replaceKey(name("Page"), pdf_.makeIndirectObject(form));
  return {QPDFObjectHandle::newStream(&pdf_, name("Page") + " Do\n")};
}

void Composer::add_over(const Page& page, const Addition& addition) {
  if (addition.operators.empty()) return;
  QPDFObjectHandle object = page.object;
  std::vector<QPDFObjectHandle> streams = QPDFPageObjectHelper(object).getPageContents();
  std::string content;
  for (QPDFObjectHandle stream : streams) {
    const std::size_t before = content.size();
    content +=
        decoded(stream, std::min(kPageContentMax - std::min(kPageContentMax, before), budget_));
    content += '\n';
    budget_ -= std::min(budget_, content.size() - before);
  }
  ContentBalance balance = scan_content(content);
  if (balance.broken) {
    streams = as_form(page);
    balance = {};
  }
  const int saved = 1 + balance.missing;
  std::vector<QPDFObjectHandle> contents{
      QPDFObjectHandle::newStream(&pdf_, repeated("q ", saved) + "\n")};
  contents.insert(contents.end(), streams.begin(), streams.end());
  contents.push_back(QPDFObjectHandle::newStream(
      &pdf_, "\n" + std::string(balance.open_text ? "ET " : "") +
                 repeated("Q ", saved + balance.open) + "\n" + addition.operators));
  object.replaceKey("/Contents", QPDFObjectHandle::newArray(contents));
  QPDFObjectHandle xobjects = own_xobjects(object);
  for (const auto& [resource, form] : addition.forms) xobjects.replaceKey(resource, form);
}

}  // namespace cinnabar::pdf
