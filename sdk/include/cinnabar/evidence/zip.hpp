// The container of an evidence bundle: a ZIP file in which every byte is settled by the names and
// contents of its parts. Nothing is compressed, times are fixed, parts follow each other without a
// gap, and there are no extra fields and no comments (PKWARE APPNOTE 6.3.10, 4.3). So a reader that
// writes anew what it read and compares finds any byte that was changed. Ordinary tools open it.
//
// Content is borrowed; a reader's input must outlive what it found. Pure; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cinnabar::evidence {

// The format's own bounds without its 64-bit extension.
inline constexpr std::uint64_t kZipSizeMax = 0xFFFFFFFFu;
inline constexpr std::size_t kZipPartsMax = 0xFFFE;
inline constexpr std::size_t kZipNameSizeMax = 200;

// CRC-32 (ISO 3309), to be continued: begin with 0.
inline std::uint32_t crc32(std::string_view bytes, std::uint32_t so_far = 0) {
  static const std::array<std::uint32_t, 256> kTable = [] {
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t i = 0; i < 256; ++i) {
      std::uint32_t c = i;
      for (int k = 0; k < 8; ++k) c = (c & 1) != 0 ? 0xEDB88320u ^ (c >> 1) : c >> 1;
      table[i] = c;
    }
    return table;
  }();
  std::uint32_t c = ~so_far;
  for (const char byte : bytes) c = kTable[(c ^ static_cast<unsigned char>(byte)) & 255] ^ (c >> 8);
  return ~c;
}

struct ZipPart {
  std::string name;
  std::uint64_t size = 0;
  std::uint32_t crc = 0;
  std::uint64_t offset = 0;  // of its local header
};

namespace detail {

inline void put(std::string& out, std::uint64_t value, int octets) {
  for (int i = 0; i < octets; ++i) out += static_cast<char>(value >> (8 * i) & 255);
}

inline std::uint64_t get(std::string_view bytes, std::size_t at, int octets) {
  std::uint64_t value = 0;
  for (int i = 0; i < octets; ++i)
    value |= std::uint64_t{static_cast<unsigned char>(bytes[at + static_cast<std::size_t>(i)])}
             << (8 * i);
  return value;
}

// What local header and directory have in common: version needed 1.0, names in UTF-8, stored,
// midnight of the first day that the format knows.
inline void put_common(std::string& out, const ZipPart& part) {
  put(out, 10, 2);
  put(out, 0x0800, 2);
  put(out, 0, 2);
  put(out, 0, 2);
  put(out, 0x0021, 2);
  put(out, part.crc, 4);
  put(out, part.size, 4);
  put(out, part.size, 4);
  put(out, part.name.size(), 2);
  put(out, 0, 2);
}

}  // namespace detail

inline constexpr std::size_t kZipHeaderSize = 30;
inline constexpr std::uint32_t kZipHeaderMark = 0x04034B50, kZipRecordMark = 0x02014B50,
                               kZipEndMark = 0x06054B50;

// What stands before a part's content.
inline std::string zip_header(const ZipPart& part) {
  std::string out;
  detail::put(out, kZipHeaderMark, 4);
  detail::put_common(out, part);
  return out + part.name;
}

// A part's record in the directory at the end.
inline std::string zip_record(const ZipPart& part) {
  std::string out;
  detail::put(out, kZipRecordMark, 4);
  detail::put(out, 3 << 8 | 20, 2);  // made on Unix
  detail::put_common(out, part);
  detail::put(out, 0, 2);                    // no comment
  detail::put(out, 0, 2);                    // first disk
  detail::put(out, 0, 2);                    // no internal attributes
  detail::put(out, 0100644ull << 16, 4);  // a file that its owner may write
  detail::put(out, part.offset, 4);
  return out + part.name;
}

inline std::string zip_end(std::size_t parts, std::uint64_t directory_size,
                           std::uint64_t directory_offset) {
  std::string out;
  detail::put(out, kZipEndMark, 4);
  detail::put(out, 0, 4);  // one disk
  detail::put(out, parts, 2);
  detail::put(out, parts, 2);
  detail::put(out, directory_size, 4);
  detail::put(out, directory_offset, 4);
  detail::put(out, 0, 2);
  return out;
}

// What follows the last part.
inline std::string zip_directory(const std::vector<ZipPart>& parts, std::uint64_t offset) {
  std::string out;
  for (const ZipPart& part : parts) out += zip_record(part);
  const std::size_t size = out.size();
  return out + zip_end(parts.size(), size, offset);
}

// Where a file differs from how it would be written.
struct ZipFault {
  std::string part;  // the one that it is about, or that stands before; empty: the file as a whole
  std::uint64_t offset = 0;
  std::string code;  // "header", "content", "directory", "end"
};

struct ZipRead {
  std::vector<ZipPart> parts;
  std::vector<std::string_view> contents;
  std::optional<ZipFault> fault;  // the first one; what was read before it is there
};

namespace detail {

// The part whose header stands there, if that is how it would be written.
inline std::optional<ZipPart> read_header(std::string_view file, std::uint64_t offset) {
  if (file.size() - offset < kZipHeaderSize) return std::nullopt;
  const std::string_view header = file.substr(offset);
  const auto name_size = static_cast<std::size_t>(get(header, 26, 2));
  if (name_size == 0 || name_size > kZipNameSizeMax ||
      header.size() < kZipHeaderSize + name_size)
    return std::nullopt;
  ZipPart part{std::string(header.substr(kZipHeaderSize, name_size)), get(header, 18, 4),
               static_cast<std::uint32_t>(get(header, 14, 4)), offset};
  for (const char c : part.name)  // plain ones only, which every system may write
    if (c <= ' ' || c > '~') return std::nullopt;
  if (header.substr(0, kZipHeaderSize + name_size) != zip_header(part)) return std::nullopt;
  return part;
}

inline std::optional<ZipFault> directory_fault(std::string_view file, std::uint64_t offset,
                                               const std::vector<ZipPart>& parts) {
  const std::uint64_t begin = offset;
  for (const ZipPart& part : parts) {
    const std::string record = zip_record(part);
    if (file.substr(offset, record.size()) != record)
      return ZipFault{part.name, offset, "directory"};
    offset += record.size();
  }
  if (file.substr(offset) != zip_end(parts.size(), offset - begin, begin))
    return ZipFault{{}, offset, "end"};
  return std::nullopt;
}

}  // namespace detail

inline ZipRead read_zip(std::string_view file) {
  ZipRead out;
  const auto fault = [&](std::string part, std::uint64_t offset, const char* code) {
    if (!out.fault) out.fault = ZipFault{std::move(part), offset, code};
  };
  std::uint64_t offset = 0;
  const auto before = [&] { return out.parts.empty() ? std::string() : out.parts.back().name; };
  for (;;) {
    if (file.size() - offset >= 4 && detail::get(file, offset, 4) == kZipRecordMark &&
        !out.parts.empty())
      break;
    const auto part = detail::read_header(file, offset);
    const std::uint64_t begin = offset + kZipHeaderSize + (part ? part->name.size() : 0);
    if (!part || out.parts.size() == kZipPartsMax || part->size > file.size() - begin) {
      fault(part ? part->name : before(), offset, "header");
      return out;
    }
    out.parts.push_back(*part);
    out.contents.push_back(file.substr(begin, part->size));
    if (crc32(out.contents.back()) != part->crc) fault(part->name, begin, "content");
    offset = begin + part->size;
  }
  if (!out.fault) out.fault = detail::directory_fault(file, offset, out.parts);
  return out;
}

}  // namespace cinnabar::evidence
