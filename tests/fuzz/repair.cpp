#include "repair.hpp"

#include "der.hpp"

#include <cinnabar/bytes.hpp>

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iterator>
#include <map>
#include <optional>
#include <random>
#include <utility>
#include <vector>

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t size_max);

namespace cinnabar::fuzz {
namespace {

constexpr std::size_t kEntrySize = 20;  // of a table, ISO 32000-2 7.5.4

bool is_digit(char c) { return c >= '0' && c <= '9'; }

class Repair {
 public:
  explicit Repair(std::string_view file) : out_(file) {}

  std::string run(bool ranges) {
    find_tables();
    for (std::size_t i = 0; i < tables_.size(); ++i) repair_table(tables_[i]);
    // From the back, since a number may get longer.
    for (std::size_t i = tables_.size(); i-- > 0;) {
      const std::size_t until = i + 1 < tables_.size() ? tables_[i + 1] : out_.size();
      set_number("startxref", tables_[i], until, tables_[i]);
      if (i > 0) set_number("/Prev", tables_[i], until, tables_[i - 1]);
    }
    if (ranges) repair_byte_ranges();
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

// Where the hexadecimal digits of one /Contents stand.
std::optional<std::pair<std::size_t, std::size_t>> contents_of(const std::string& file,
                                                               std::minstd_rand& random) {
  constexpr std::string_view kKey = "/Contents";
  std::vector<std::pair<std::size_t, std::size_t>> found;
  for (std::size_t at = 0; (at = file.find(kKey, at)) != std::string::npos; at += kKey.size()) {
    const std::size_t begin = file.find_first_not_of(" \n", at + kKey.size());
    if (begin == std::string::npos || file[begin] != '<') continue;
    const std::size_t end = file.find('>', begin);
    if (end != std::string::npos && end > begin + 2) found.emplace_back(begin + 1, end);
  }
  if (found.empty()) return std::nullopt;
  return found[random() % found.size()];
}

}  // namespace

std::string repaired(std::string_view file, bool ranges) { return Repair(file).run(ranges); }

namespace {

// So often one of the mutations that know what stands in the file, of 64.
constexpr unsigned kRuns = 2, kContents = 12;

// What nests without end, or is longer than anybody expects: tokens, and as many that close them.
std::string with_run(std::string file, std::minstd_rand& random) {
  static const char* const kTokens[][2] = {{"[", "]"}, {"<</A ", ">>"}, {"(", ")"}, {"[", ""},
                                           {"<</A", ""}, {"9", ""}, {"0 ", ""}, {"\n", ""}};
  const auto& [open, close] = kTokens[random() % std::size(kTokens)];
  std::string before, behind;
  for (unsigned left = 1u << random() % 14; left > 0; --left) {
    before += open;
    behind += close;
  }
  return file.insert(random() % (file.size() + 1), before + "0" + behind);
}

// The /Contents of a signature with a value inside the CMS changed. Its space stays what it was.
std::string with_other_contents(std::string file, std::minstd_rand& random) {
  const auto found = contents_of(file, random);
  if (!found) return file;
  const auto [begin, end] = *found;
  std::string der;
  for (std::size_t at = begin; at + 1 < end; at += 2)
    der += static_cast<char>(std::strtol(file.substr(at, 2).c_str(), nullptr, 16));
  der.resize(der_size(der));
  std::string hex = to_hex(mutated_der(der, random()));
  if (hex.empty() || hex.size() > end - begin) return file;
  hex.resize(end - begin, '0');
  return file.replace(begin, end - begin, hex);
}

}  // namespace

std::size_t mutate_pdf(unsigned char* data, std::size_t size, std::size_t size_max, unsigned seed) {
  const bool is_pdf = size > 0 && data[0] == '%';
  std::minstd_rand random(seed);
  const unsigned choice = random() % 64;
  std::string file(reinterpret_cast<char*>(data), size);
  if (choice < kRuns) {
    file = with_run(std::move(file), random);
  } else if (is_pdf && choice < kContents) {
    file = with_other_contents(std::move(file), random);
  } else {
    size = LLVMFuzzerMutate(data, size, size_max);
    file.assign(reinterpret_cast<char*>(data), size);
  }
  if (is_pdf && random() % 8 != 0) file = repaired(file, random() % 4 != 0);
  if (file.size() > size_max) return size;
  std::memcpy(data, file.data(), file.size());
  return file.size();
}

}  // namespace cinnabar::fuzz
