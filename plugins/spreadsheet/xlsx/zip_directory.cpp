#include "zip_directory.hpp"

#include "fault.hpp"

#include <cinnabar/text.hpp>

#include <algorithm>
#include <optional>
#include <set>

namespace cinnabar::xlsx {
namespace {

constexpr std::uint32_t kLocalMark = 0x04034B50, kCentralMark = 0x02014B50, kEndMark = 0x06054B50;
constexpr std::size_t kLocalSize = 30, kCentralSize = 46, kEndSize = 22;
constexpr std::size_t kCommentSizeMax = 65'535;
constexpr std::size_t kNameSizeMax = 255;
constexpr std::uint32_t kIn64 = 0xFFFFFFFF;  // the value stands in the extra field
constexpr std::uint16_t kExtra64 = 1;
constexpr int kStored = 0, kDeflated = 8;
// Bits of the flags: encrypted, strongly encrypted, with a hidden directory.
constexpr std::uint16_t kEncrypted = 1 | 1 << 6 | 1 << 13;
constexpr std::uint16_t kSizesFollow = 1 << 3;
// How the containers of old and of encrypted workbooks begin (MS-CFB).
constexpr std::string_view kCompoundFile("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 8);

std::uint64_t number(std::string_view file, std::size_t at, std::size_t size) {
  if (at > file.size() || file.size() - at < size) throw damaged("the file ends early");
  std::uint64_t value = 0;
  for (std::size_t i = size; i-- > 0;)
    value = value << 8 | static_cast<unsigned char>(file[at + i]);
  return value;
}

std::uint16_t u16(std::string_view file, std::size_t at) {
  return static_cast<std::uint16_t>(number(file, at, 2));
}
std::uint32_t u32(std::string_view file, std::size_t at) {
  return static_cast<std::uint32_t>(number(file, at, 4));
}

std::string_view slice(std::string_view file, std::uint64_t at, std::uint64_t size) {
  if (at > file.size() || file.size() - at < size) throw damaged("the file ends early");
  return file.substr(at, size);
}

// Where the end record stands: the last one whose comment reaches the end of the file.
std::size_t find_end(std::string_view file) {
  if (file.size() < kEndSize) throw damaged("the file ends early");
  const std::size_t last = file.size() - kEndSize;
  const std::size_t first = last > kCommentSizeMax ? last - kCommentSizeMax : 0;
  for (std::size_t at = last + 1; at-- > first;)
    if (u32(file, at) == kEndMark && at + kEndSize + u16(file, at + 20) == file.size()) return at;
  throw damaged("the directory of the ZIP file is missing");
}

// Names that lead elsewhere when somebody writes them to a disk, or look like others.
void check_name(const std::string& name) {
  bool bad = name.empty() || name.size() > kNameSizeMax || name[0] == '/' || !is_utf8(name);
  for (const char c : name)
    bad = bad || static_cast<unsigned char>(c) < 0x20 || c == '\\' || c == ':' || c == 0x7F;
  for (std::size_t at = 0; at <= name.size() && !bad;) {
    const std::size_t end = std::min(name.find('/', at), name.size());
    const std::string part = name.substr(at, end - at);
    bad = part == ".." || part == "." || (part.empty() && end != name.size());
    at = end + 1;
  }
  if (bad) throw unsafe("a member's name that is no plain path");
}

std::string lower(std::string text) {
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return text;
}

struct Entry {
  Member member;
  std::uint16_t flags = 0;
  std::uint64_t stored_size = 0;
  std::uint64_t offset = 0;
  std::uint64_t end = 0;  // of its data
};

// The values that did not fit into 32 bits, in their fixed order.
void read_extra64(std::string_view extra, Entry& entry) {
  std::uint64_t* const fields[] = {&entry.member.size, &entry.stored_size, &entry.offset};
  const auto wanted = [](const std::uint64_t* field) { return *field == kIn64; };
  if (std::none_of(std::begin(fields), std::end(fields), wanted)) return;
  for (std::size_t at = 0; at + 4 <= extra.size();) {
    const std::string_view body = slice(extra, at + 4, u16(extra, at + 2));
    if (u16(extra, at) == kExtra64) {
      std::size_t from = 0;
      for (std::uint64_t* field : fields) {
        if (!wanted(field)) continue;
        *field = number(body, from, 8);
        from += 8;
      }
      return;
    }
    at += 4 + body.size();
  }
  throw damaged("a size is missing in the directory");
}

// One entry of the central directory; moves `at` behind it.
Entry read_entry(std::string_view directory, std::size_t& at) {
  if (u32(directory, at) != kCentralMark) throw damaged("the directory of the ZIP file is cut");
  Entry entry;
  entry.flags = u16(directory, at + 8);
  entry.member.method = u16(directory, at + 10);
  entry.member.crc = u32(directory, at + 16);
  entry.stored_size = u32(directory, at + 20);
  entry.member.size = u32(directory, at + 24);
  entry.offset = u32(directory, at + 42);
  const std::size_t name = u16(directory, at + 28), extra = u16(directory, at + 30),
                    comment = u16(directory, at + 32);
  entry.member.name = std::string(slice(directory, at + kCentralSize, name));
  read_extra64(slice(directory, at + kCentralSize + name, extra), entry);
  at += kCentralSize + name + extra + comment;
  if (at > directory.size()) throw damaged("the directory of the ZIP file is cut");
  if (entry.flags & kEncrypted) throw Error("spreadsheet.protected");
  if (entry.member.method != kStored && entry.member.method != kDeflated)
    throw damaged("a member is compressed in an unusual way");
  if (entry.member.method == kStored && entry.member.size != entry.stored_size)
    throw damaged("a member's sizes disagree");
  check_name(entry.member.name);
  return entry;
}

// Finds a member's data behind its own header, which must say the same as the directory.
void locate(std::string_view file, Entry& entry) {
  const std::size_t at = entry.offset;
  if (at > file.size() || u32(file, at) != kLocalMark)
    throw damaged("a member is not where the directory says");
  const std::size_t name = u16(file, at + 26), extra = u16(file, at + 28);
  const std::uint16_t flags = u16(file, at + 6);
  bool agrees = slice(file, at + kLocalSize, name) == entry.member.name &&
                u16(file, at + 8) == entry.member.method && !(flags & kEncrypted);
  if (!(flags & kSizesFollow)) {
    const std::uint32_t stored = u32(file, at + 18), size = u32(file, at + 22);
    agrees = agrees && u32(file, at + 14) == entry.member.crc &&
             (stored == kIn64 || stored == entry.stored_size) &&
             (size == kIn64 || size == entry.member.size);
  }
  if (!agrees) throw unsafe("a member that is described in two ways");
  const std::uint64_t data = at + kLocalSize + name + extra;
  entry.member.data = slice(file, data, entry.stored_size);
  entry.end = data + entry.stored_size;
}

void check_apart(const std::vector<Entry>& entries, std::uint64_t directory) {
  std::vector<std::pair<std::uint64_t, std::uint64_t>> places;
  for (const Entry& entry : entries) places.emplace_back(entry.offset, entry.end);
  std::sort(places.begin(), places.end());
  std::uint64_t end = 0;
  for (const auto& [from, to] : places) {
    if (from < end) throw unsafe("members that overlap");
    end = to;
  }
  if (end > directory) throw unsafe("members that overlap the directory");
}

}  // namespace

std::vector<Member> read_directory(std::string_view file) {
  if (file.starts_with(kCompoundFile)) throw Error("spreadsheet.protected");
  if (file.size() < 4 || u32(file, 0) != kLocalMark) throw Error("spreadsheet.not_xlsx");
  const std::size_t end = find_end(file);
  const std::size_t count = u16(file, end + 10);
  const std::uint64_t size = u32(file, end + 12), begin = u32(file, end + 16);
  if (u16(file, end + 4) != 0 || u16(file, end + 6) != 0 || u16(file, end + 8) != count)
    throw damaged("the ZIP file is one of several parts");
  if (count > kMembersMax) throw too_large("members", kMembersMax);
  if (begin + size != end) throw damaged("the directory of the ZIP file is not where it should be");
  const std::string_view directory = slice(file, begin, size);
  std::vector<Entry> entries;
  std::set<std::string> names;
  std::size_t at = 0;
  for (std::size_t i = 0; i < count; ++i) {
    Entry entry = read_entry(directory, at);
    // Part names of office documents do not differ by case alone (ISO/IEC 29500-2, 6.2.2).
    if (!names.insert(lower(entry.member.name)).second) throw unsafe("two members of one name");
    locate(file, entry);
    entries.push_back(std::move(entry));
  }
  if (at != directory.size()) throw damaged("the directory of the ZIP file has more than it says");
  check_apart(entries, begin);
  std::vector<Member> members;
  for (Entry& entry : entries) members.push_back(std::move(entry.member));
  return members;
}

}  // namespace cinnabar::xlsx
