#include "write_table.hpp"

#include "cell_text.hpp"
#include "zip_writer.hpp"

#include <cinnabar/text.hpp>

namespace cinnabar::xlsx {
namespace {

constexpr std::string_view kDeclaration =
    R"(<?xml version="1.0" encoding="UTF-8" standalone="yes"?>)"
    "\n";
constexpr std::string_view kTypes =
    R"(<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">)"
    R"(<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.)"
    R"(relationships+xml"/>)"
    R"(<Default Extension="xml" ContentType="application/xml"/>)"
    R"(<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-)"
    R"(officedocument.spreadsheetml.sheet.main+xml"/>)"
    R"(<Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-)"
    R"(officedocument.spreadsheetml.worksheet+xml"/>)"
    R"(<Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-)"
    R"(officedocument.spreadsheetml.styles+xml"/></Types>)";
constexpr std::string_view kMain = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
constexpr std::string_view kKinds =
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
// Style 1 is text, style 2 the same in bold for the heading. 49 is the built-in format "@".
constexpr std::string_view kStyles =
    R"(<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>)"
    R"(<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>)"
    R"(<fills count="2"><fill><patternFill patternType="none"/></fill>)"
    R"(<fill><patternFill patternType="gray125"/></fill></fills>)"
    R"(<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>)"
    R"(<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/>)"
    R"(</cellStyleXfs>)"
    R"(<cellXfs count="3"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>)"
    R"(<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>)"
    R"(<xf numFmtId="49" fontId="1" fillId="0" borderId="0" xfId="0" applyNumberFormat="1")"
    R"( applyFont="1"/></cellXfs>)"
    R"(<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>)"
    R"(</styleSheet>)";

Error unwritable(std::string reason) {
  return Error("spreadsheet.unwritable", {{"reason", std::move(reason)}});
}

// XML has no way to write most control characters; the formats' own escape has.
std::string escaped(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    const bool like_escape = c == '_' && text.size() - at > 6 && text[at + 1] == 'x' &&
                             text[at + 6] == '_';
    if (c == '&') out += "&amp;";
    else if (c == '<') out += "&lt;";
    else if (c == '>') out += "&gt;";
    else if (c == '"') out += "&quot;";
    else if (like_escape) out += "_x005F_";
    else if (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t')
      out += std::string("_x00") + "0123456789ABCDEF"[c >> 4] + "0123456789ABCDEF"[c & 15] + "_";
    else out += c;
  }
  return out;
}

std::string opening(std::string_view root) {
  return std::string(kDeclaration) + "<" + std::string(root) + " xmlns=\"" + std::string(kMain) +
         "\" xmlns:r=\"" + std::string(kKinds) + "\">";
}

std::string relationships(const std::vector<std::pair<std::string, std::string>>& to) {
  std::string out = std::string(kDeclaration) +
                    R"(<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/)"
                    R"(relationships">)";
  int number = 0;
  for (const auto& [type, target] : to)
    out += "<Relationship Id=\"rId" + std::to_string(++number) + "\" Type=\"" +
           std::string(kKinds) + "/" + type + "\" Target=\"" + target + "\"/>";
  return out + "</Relationships>";
}

std::string columns(const WriteSheetRequest& request) {
  std::size_t count = request.widths.size();
  for (const SheetLine& line : request.lines) count = std::max(count, line.cells.size());
  if (count == 0) return {};
  constexpr std::int64_t kUsualWidth = 12;
  std::string out = "<cols>";
  for (std::size_t i = 0; i < count; ++i) {
    const std::string number = std::to_string(i + 1);
    const std::int64_t width = i < request.widths.size() ? request.widths[i] : kUsualWidth;
    out += "<col min=\"" + number + "\" max=\"" + number + "\" width=\"" + std::to_string(width) +
           "\" style=\"1\" customWidth=\"1\"/>";
  }
  return out + "</cols>";
}

std::string worksheet(const WriteSheetRequest& request) {
  std::string out = opening("worksheet") +
                    R"(<sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2")"
                    R"( activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>)" +
                    columns(request) + "<sheetData>";
  CellPlace place;
  for (const SheetLine& line : request.lines) {
    ++place.row;
    out += "<row r=\"" + std::to_string(place.row) + "\">";
    for (std::size_t i = 0; i < line.cells.size(); ++i) {
      const std::string& text = line.cells[i];
      if (text.empty()) continue;
      if (!is_utf8(text) || text.find('\0') != std::string::npos)
        throw unwritable("a text is not UTF-8");
      place.column = static_cast<std::int64_t>(i) + 1;
      out += "<c r=\"" + reference_of(place) + "\" s=\"" + (place.row == 1 ? "2" : "1") +
             "\" t=\"inlineStr\"><is><t xml:space=\"preserve\">" + escaped(text) + "</t></is></c>";
    }
    out += "</row>";
  }
  return out + "</sheetData></worksheet>";
}

}  // namespace

std::string write_table(const WriteSheetRequest& request) {
  if (request.sheet.find_first_of("[]:*?/\\") != std::string::npos || request.sheet.empty() ||
      request.sheet.front() == '\'' || request.sheet.back() == '\'')
    throw unwritable("a sheet cannot have that name");
  ZipWriter zip;
  zip.add("[Content_Types].xml", std::string(kDeclaration) + std::string(kTypes));
  zip.add("_rels/.rels", relationships({{"officeDocument", "xl/workbook.xml"}}));
  zip.add("xl/workbook.xml", opening("workbook") + "<sheets><sheet name=\"" +
                                 escaped(request.sheet) +
                                 "\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>");
  zip.add("xl/_rels/workbook.xml.rels",
          relationships({{"worksheet", "worksheets/sheet1.xml"}, {"styles", "styles.xml"}}));
  zip.add("xl/styles.xml", opening("styleSheet") + std::string(kStyles));
  zip.add("xl/worksheets/sheet1.xml", worksheet(request));
  return zip.finish();
}

}  // namespace cinnabar::xlsx
