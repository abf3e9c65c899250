#include "workbook.hpp"

#include "cell_text.hpp"
#include "fault.hpp"

#include <cinnabar/services/spreadsheet.hpp>
#include <cinnabar/text.hpp>

namespace cinnabar::xlsx {
namespace {

constexpr std::size_t kSheetsMax = 255;
constexpr std::size_t kSheetNameSizeMax = 255;  // bytes; 31 characters are usual
// A table of 100,000 rows with five texts of its own in each.
constexpr std::size_t kStringsMax = 500'000;
constexpr std::size_t kStringsSizeMax = 32 << 20;
// Bytes of a text that has all the characters it may have.
constexpr std::size_t kTextSizeMax = static_cast<std::size_t>(kSheetTextLengthMax) * 4;

struct SheetEntry {
  std::string name, relationship;
  bool hidden = false;
};

class SheetsHandler final : public XmlHandler {
 public:
  void begin(std::string_view path, const Attributes& attributes) override {
    if (path != "/workbook/sheets/sheet") return;
    if (sheets.size() >= kSheetsMax) throw too_large("sheets", kSheetsMax);
    const std::string_view state = attributes.get("state");
    sheets.push_back({shortened_text(attributes.get("name"), kSheetNameSizeMax),
                      std::string(attributes.relationship()),
                      state == "hidden" || state == "veryHidden"});
  }
  std::vector<SheetEntry> sheets;
};

// Rich texts are the sum of their runs; how they are pronounced (rPh) is no part of them.
class StringsHandler final : public XmlHandler {
 public:
  explicit StringsHandler(std::vector<std::string>& strings) : strings_(strings) {}

  void begin(std::string_view path, const Attributes&) override {
    if (path != "/sst/si") return;
    if (strings_.size() >= kStringsMax) throw too_large("texts", kStringsMax);
    current_.clear();
  }
  void text(std::string_view path, std::string_view piece) override {
    if (path != "/sst/si/t" && path != "/sst/si/r/t") return;
    size_ += piece.size();
    if (size_ > kStringsSizeMax) throw too_large("bytes of text", kStringsSizeMax);
    if (current_.size() + piece.size() > kTextSizeMax)
      throw too_large("characters in one cell", static_cast<std::uint64_t>(kSheetTextLengthMax));
    current_ += piece;
  }
  void end(std::string_view path) override {
    if (path == "/sst/si") strings_.push_back(unescaped(std::move(current_)));
  }

 private:
  std::vector<std::string>& strings_;
  std::string current_;
  std::size_t size_ = 0;
};

std::string main_part(Package& package) {
  for (const auto& [id, relationship] : package.relationships({}))
    if (relationship.type == "officeDocument") return relationship.target;
  throw Error("spreadsheet.not_xlsx");
}

}  // namespace

Workbook read_workbook(Package& package) {
  const std::string main = main_part(package);
  SheetsHandler handler;
  // The same kind of package with a main part of its own kind: .docx, .pptx, .xlsb.
  if (!package.has(main) || !main.ends_with(".xml")) throw Error("spreadsheet.not_xlsx");
  package.read(main, handler);
  if (handler.sheets.empty()) throw Error("spreadsheet.not_xlsx");
  const auto relationships = package.relationships(main);
  Workbook book;
  for (const SheetEntry& sheet : handler.sheets) {
    const auto found = relationships.find(sheet.relationship);
    const bool table = found != relationships.end() && found->second.type == "worksheet";
    if (book.part.empty() && table && !sheet.hidden) {
      book.sheet = sheet.name;
      book.part = found->second.target;
    } else {
      book.others.push_back(sheet.name);
    }
  }
  if (book.part.empty()) throw damaged("it has no visible table");
  for (const auto& [id, relationship] : relationships) {
    if (relationship.type != "sharedStrings") continue;
    StringsHandler strings(book.strings);
    package.read(relationship.target, strings);
    break;
  }
  return book;
}

}  // namespace cinnabar::xlsx
