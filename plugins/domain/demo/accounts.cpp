#include "accounts.hpp"

#include <random>
#include <string_view>

namespace cinnabar {
namespace {

// The 31 characters of GB 32100: digits and capitals without I, O, S, V, Z.
constexpr std::string_view kAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";
constexpr int kBodySize = 17;

}  // namespace

std::string random_digits(int count) {
  std::random_device source;
  std::uniform_int_distribution<int> digit('0', '9');
  std::string out;
  for (int i = 0; i < count; ++i) out += static_cast<char>(digit(source));
  return out;
}

std::string random_credit_code() {
  std::string code = "91310000MA" + random_digits(kBodySize - 10);
  // Each place weighs 3^i mod 31; the check character brings the sum to a multiple of 31.
  int sum = 0;
  for (int i = 0, weight = 1; i < kBodySize; ++i, weight = weight * 3 % 31)
    sum += static_cast<int>(kAlphabet.find(code[static_cast<std::size_t>(i)])) * weight;
  return code + kAlphabet[static_cast<std::size_t>((31 - sum % 31) % 31)];
}

}  // namespace cinnabar
