// Workbooks and ZIP files made byte by byte, also wrong ones, for this folder's tests. Pure.
#pragma once

#include "zip_directory.hpp"

#include <cinnabar/error.hpp>

#include <zlib.h>

namespace cinnabar::xlsx {

// The code of what `work` throws and the value of its parameter; empty: it throws nothing.
template <class Work>
std::string refusal(Work work) {
  try {
    work();
    return {};
  } catch (const Error& error) {
    std::string out = error.code();
    if (!error.params().empty()) out += ": " + error.params().front().second;
    return out;
  }
}

inline std::string little(std::uint64_t value, int size) {
  std::string out;
  for (int i = 0; i < size; ++i) out += static_cast<char>(i < 8 ? value >> 8 * i & 0xFF : 0);
  return out;
}

inline std::string deflate_raw(const std::string& content) {
  z_stream stream{};
  deflateInit2(&stream, 9, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, content.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(content.data()));
  stream.avail_in = static_cast<uInt>(content.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(out.size() - stream.avail_out);
  deflateEnd(&stream);
  return out;
}

inline std::uint32_t crc_of(const std::string& content) {
  return static_cast<std::uint32_t>(crc32(0, reinterpret_cast<const Bytef*>(content.data()),
                                          static_cast<uInt>(content.size())));
}

// One member as it is written; what differs from the truth is set by the test.
struct Part {
  Part(std::string its_name, const std::string& content, bool deflated = true)
      : name(std::move(its_name)),
        local_name(name),
        data(deflated ? deflate_raw(content) : content),
        crc(crc_of(content)),
        size(content.size()),
        method(deflated ? 8 : 0) {}

  std::string name, local_name;
  std::string data;
  std::uint32_t crc;
  std::uint64_t size;
  int method;
  std::uint16_t flags = 0;
  bool at_first = false;  // the directory names the place of the first member instead
  std::string extra{};    // of the directory
};

inline std::string zip_of(const std::vector<Part>& parts, const std::string& comment = {}) {
  std::string file, directory;
  for (const Part& part : parts) {
    const std::string common = little(20, 2) + little(part.flags, 2) +
                               little(static_cast<std::uint64_t>(part.method), 2) + little(0, 4) +
                               little(part.crc, 4);
    const bool is_64 = !part.extra.empty();
    directory += "PK\x01\x02" + little(20, 2) + common +
                 little(part.data.size(), 4) + little(is_64 ? 0xFFFFFFFF : part.size, 4) +
                 little(part.name.size(), 2) + little(part.extra.size(), 2) + little(0, 10) +
                 little(part.at_first ? 0 : file.size(), 4) + part.name + part.extra;
    file += "PK\x03\x04" + common + little(part.data.size(), 4) + little(part.size, 4) +
            little(part.local_name.size(), 2) + little(0, 2) + part.local_name + part.data;
  }
  return file + directory + "PK\x05\x06" + little(0, 4) + little(parts.size(), 2) +
         little(parts.size(), 2) + little(directory.size(), 4) + little(file.size(), 4) +
         little(comment.size(), 2) + comment;
}

inline const std::string kMainSpace =
    " xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\""
    " xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"";

inline std::string relationships_of(const std::vector<std::pair<std::string, std::string>>& to) {
  std::string out =
      "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">";
  int number = 0;
  for (const auto& [type, target] : to)
    out += "<Relationship Id=\"rId" + std::to_string(++number) +
           "\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/" + type +
           "\" Target=\"" + target + "\"/>";
  return out + "</Relationships>";
}

// The parts of a workbook with one sheet; `rows` stands in its sheetData.
inline std::vector<Part> workbook_parts(const std::string& rows, const std::string& strings = {},
                                        const std::string& behind = {}) {
  return {{"_rels/.rels", relationships_of({{"officeDocument", "xl/workbook.xml"}})},
          {"xl/workbook.xml", "<workbook" + kMainSpace +
                                  "><sheets><sheet name=\"员工\" sheetId=\"1\" r:id=\"rId1\"/>"
                                  "</sheets></workbook>"},
          {"xl/_rels/workbook.xml.rels",
           relationships_of({{"worksheet", "worksheets/sheet1.xml"},
                             {"sharedStrings", "/xl/sharedStrings.xml"}})},
          {"xl/sharedStrings.xml", "<sst" + kMainSpace + ">" + strings + "</sst>"},
          {"xl/worksheets/sheet1.xml", "<worksheet" + kMainSpace + "><sheetData>" + rows +
                                           "</sheetData>" + behind + "</worksheet>"}};
}

inline std::string workbook_of(const std::string& rows, const std::string& strings = {},
                               const std::string& behind = {}) {
  return zip_of(workbook_parts(rows, strings, behind));
}

}  // namespace cinnabar::xlsx
