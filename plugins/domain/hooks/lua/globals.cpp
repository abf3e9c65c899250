#include "globals.hpp"

#include "sandbox.hpp"

#include <cinnabar/error.hpp>

#include <algorithm>
#include <cstdint>

namespace cinnabar::lua {
namespace {

// Of ldump.c: signature, version, format, check data, three sizes, an integer and a number.
constexpr std::size_t kHeaderSize = 4 + 1 + 1 + 6 + 3 + 8 + 8;
constexpr std::string_view kHeaderStart = "\x1bLua\x54";
// Of lopcodes.h: an operation has 7 bits, A 8, k 1, B 8, C 8.
constexpr std::uint32_t kGetTabUp = 11, kSetTabUp = 15;
// Of lobject.h: the kinds of constants that carry bytes.
constexpr int kFloat = 0x13, kInteger = 0x03, kShortText = 0x04, kLongText = 0x14;
constexpr int kAbsoluteLine = -0x80;
// Functions within functions: Lua's own parser takes no more than 200 levels of anything, so that
// what is deeper was not made by it.
constexpr int kDepthMax = 200;

class Dump {
 public:
  explicit Dump(const std::string& bytes) : bytes_(bytes) {
    if (!bytes.starts_with(kHeaderStart)) throw broken();
    at_ = kHeaderSize + 1;  // and the count of upvalues
  }

  void read_function(std::vector<GlobalUse>& uses, int depth = 1) {
    if (depth > kDepthMax) throw broken();
    text();  // its source
    int line = number();
    number();
    skip(3);  // parameters, varargs, stack
    const std::size_t count = count_of(4);
    const std::size_t code = at_;
    skip(count * 4);
    const std::vector<std::string> constants = read_constants();
    skip(count_of(3) * 3);  // upvalues: in stack, index, kind
    for (int functions = number(); functions > 0; --functions) read_function(uses, depth + 1);
    const std::vector<int> lines = read_lines(line);
    for (int locals = number(); locals > 0; --locals) {
      text();
      number();
      number();
    }
    std::vector<std::string> upvalues;
    for (int names = number(); names > 0; --names) upvalues.push_back(text());
    for (std::size_t i = 0; i < count; ++i)
      note(instruction(code + i * 4), constants, upvalues, i < lines.size() ? lines[i] : 0, uses);
  }

 private:
  static Error broken() { return failure("a script's bytecode is not of the known format"); }

  static void note(std::uint32_t word, const std::vector<std::string>& constants,
                   const std::vector<std::string>& upvalues, int line,
                   std::vector<GlobalUse>& uses) {
    const std::uint32_t operation = word & 0x7f, a = word >> 7 & 0xff, b = word >> 16 & 0xff,
                        c = word >> 24;
    if (operation != kGetTabUp && operation != kSetTabUp) return;
    const bool sets = operation == kSetTabUp;
    const std::size_t table = sets ? a : b, key = sets ? b : c;
    if (table < upvalues.size() && upvalues[table] == "_ENV" && key < constants.size())
      uses.push_back({constants[key], line, sets});
  }

  std::vector<std::string> read_constants() {
    std::vector<std::string> out;
    for (int count = number(); count > 0; --count) {
      const int kind = byte();
      if (kind == kFloat || kind == kInteger) skip(8);
      out.push_back(kind == kShortText || kind == kLongText ? text() : std::string());
    }
    return out;
  }
  // The line of each instruction.
  std::vector<int> read_lines(int line) {
    const std::size_t count = count_of(1), at = at_;
    skip(count);
    std::vector<std::pair<int, int>> absolute;
    for (int n = number(); n > 0; --n) {
      const int instruction_index = number();
      absolute.emplace_back(instruction_index, number());
    }
    std::vector<int> lines;
    for (std::size_t i = 0; i < count; ++i) {
      const int step = static_cast<signed char>(bytes_[at + i]);
      if (step != kAbsoluteLine)
        line += step;
      else
        for (const auto& [index, given] : absolute)
          if (static_cast<std::size_t>(index) == i) line = given;
      lines.push_back(line);
    }
    return lines;
  }

  std::uint32_t instruction(std::size_t at) const {
    std::uint32_t word = 0;
    for (std::size_t i = 4; i-- > 0;)
      word = word << 8 | static_cast<unsigned char>(bytes_[at + i]);
    return word;
  }
  int byte() {
    skip(1);
    return static_cast<unsigned char>(bytes_[at_ - 1]);
  }
  // Seven bits a byte, the last one marked.
  std::size_t size() {
    std::size_t value = 0;
    for (;;) {
      const int next = byte();
      if (value > SIZE_MAX >> 8) throw broken();
      value = value << 7 | static_cast<std::size_t>(next & 0x7f);
      if (next & 0x80) return value;
    }
  }
  int number() {
    const std::size_t value = size();
    if (value > INT32_MAX) throw broken();
    return static_cast<int>(value);
  }
  // Of things that have so many bytes each.
  std::size_t count_of(std::size_t each) {
    const std::size_t count = size();
    if (count > (bytes_.size() - at_) / each) throw broken();
    return count;
  }
  std::string text() {
    const std::size_t length = size();
    if (length == 0) return {};
    skip(length - 1);
    return bytes_.substr(at_ - (length - 1), length - 1);
  }
  void skip(std::size_t count) {
    if (count > bytes_.size() - at_) throw broken();
    at_ += count;
  }

  const std::string& bytes_;
  std::size_t at_ = 0;
};

}  // namespace

std::vector<GlobalUse> globals_of(const std::string& bytecode) {
  std::vector<GlobalUse> uses;
  if (bytecode.size() <= kHeaderSize + 1) throw failure("a script's bytecode is too short");
  Dump(bytecode).read_function(uses);
  std::stable_sort(uses.begin(), uses.end(),
                   [](const GlobalUse& a, const GlobalUse& b) { return a.line < b.line; });
  return uses;
}

const std::vector<std::string>& known_globals() {
  static const std::vector<std::string> kNames = library_names();
  return kNames;
}

}  // namespace cinnabar::lua
