#include "repair.hpp"

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <map>
#include <vector>

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t size_max);

namespace cinnabar::fuzz {
namespace {

constexpr std::size_t kEntrySize = 20;  // of a table, ISO 32000-2 7.5.4

bool is_digit(char c) { return c >= '0' && c <= '9'; }

class Repair {
 public:
  explicit Repair(std::string_view file) : out_(file) {}

  std::string run() {
    find_tables();
    for (std::size_t i = 0; i < tables_.size(); ++i) repair_table(tables_[i]);
    // From the back, since a number may get longer.
    for (std::size_t i = tables_.size(); i-- > 0;) {
      const std::size_t until = i + 1 < tables_.size() ? tables_[i + 1] : out_.size();
      set_number("startxref", tables_[i], until, tables_[i]);
      if (i > 0) set_number("/Prev", tables_[i], until, tables_[i - 1]);
    }
    repair_byte_ranges();
    return std::move(out_);
  }

 private:
  // Objects by number: the positions of "N G obj", ascending.
  void find_tables() {
    for (std::size_t at = 0; (at = out_.find("xref", at)) != std::string::npos; at += 4)
      if (at == 0 || out_[at - 1] != 't') tables_.push_back(at);
    for (std::size_t at = 0; (at = out_.find(" obj", at)) != std::string::npos; at += 4) {
      std::size_t begin = at;
      while (begin > 0 && is_digit(out_[begin - 1])) --begin;
      if (begin == at || begin == 0 || out_[begin - 1] != ' ') continue;
      std::size_t number = begin - 1;
      while (number > 0 && is_digit(out_[number - 1])) --number;
      if (number == begin - 1 || begin - 1 - number > 7) continue;
      objects_[std::stol(out_.substr(number, begin - 1 - number))].push_back(number);
    }
  }

  bool read_number(std::size_t& at, long& value) const {
    while (at < out_.size() && std::isspace(static_cast<unsigned char>(out_[at]))) ++at;
    const std::size_t begin = at;
    while (at < out_.size() && is_digit(out_[at]) && at - begin < 8) ++at;
    if (at == begin) return false;
    value = std::stol(out_.substr(begin, at - begin));
    return true;
  }

  void repair_table(std::size_t table) {
    std::size_t at = table + 4;
    long first = 0, count = 0;
    while (read_number(at, first) && read_number(at, count)) {
      while (at < out_.size() && std::isspace(static_cast<unsigned char>(out_[at]))) ++at;
      for (long i = 0; i < count && at + kEntrySize <= out_.size(); ++i, at += kEntrySize) {
        if (out_[at + 17] != 'n') continue;
        const auto found = objects_.find(first + i);
        if (found == objects_.end()) continue;
        const auto behind = std::lower_bound(found->second.begin(), found->second.end(), table);
        if (behind == found->second.begin()) continue;
        char text[16];
        std::snprintf(text, sizeof text, "%010zu", *(behind - 1));
        out_.replace(at, 10, text, 10);
      }
    }
  }

  void set_number(std::string_view keyword, std::size_t from, std::size_t until,
                  std::size_t value) {
    std::size_t at = out_.find(keyword, from);
    if (at == std::string::npos || at >= until) return;
    at += keyword.size();
    while (at < out_.size() && std::isspace(static_cast<unsigned char>(out_[at]))) ++at;
    std::size_t end = at;
    while (end < out_.size() && is_digit(out_[end])) ++end;
    out_.replace(at, end - at, std::to_string(value));
  }

  void repair_byte_ranges() {
    constexpr std::string_view kKey = "/ByteRange", kContents = "/Contents", kEnd = "%%EOF";
    for (std::size_t at = 0; (at = out_.find(kKey, at)) != std::string::npos; at += kKey.size()) {
      const std::size_t open = out_.find('[', at), close = out_.find(']', at);
      const std::size_t contents = out_.find(kContents, at);
      if (close == std::string::npos || open > close || contents == std::string::npos) continue;
      const std::size_t begin = out_.find('<', contents), gap_end = out_.find('>', contents);
      const std::size_t end = out_.find(kEnd, at);
      if (gap_end == std::string::npos || begin > gap_end || end == std::string::npos ||
          end < gap_end)
        continue;
      std::size_t file_end = end + kEnd.size();
      while (file_end < out_.size() && (out_[file_end] == '\r' || out_[file_end] == '\n'))
        ++file_end;
      std::string range = "[0 " + std::to_string(begin) + " " + std::to_string(gap_end + 1) + " " +
                          std::to_string(file_end - gap_end - 1);
      if (range.size() > close - open) continue;
      range.resize(close - open, ' ');
      out_.replace(open, close - open, range);
    }
  }

  std::string out_;
  std::vector<std::size_t> tables_;
  std::map<long, std::vector<std::size_t>> objects_;
};

}  // namespace

std::string repaired(std::string_view file) { return Repair(file).run(); }

std::size_t mutate_pdf(unsigned char* data, std::size_t size, std::size_t size_max, unsigned seed) {
  size = LLVMFuzzerMutate(data, size, size_max);
  if (seed % 8 == 0) return size;
  const std::string file = repaired({reinterpret_cast<char*>(data), size});
  if (file.size() > size_max) return size;
  std::memcpy(data, file.data(), file.size());
  return file.size();
}

}  // namespace cinnabar::fuzz
