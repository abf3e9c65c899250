#include "credit_code.hpp"

#include <cstddef>

namespace cinnabar {
namespace {

// Digits and capitals without I, O, S, V and Z: position is value.
constexpr std::string_view kAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";
constexpr std::size_t kCodeSize = 18;
constexpr std::size_t kModulus = 31;

}  // namespace

bool is_credit_code(std::string_view code) {
  if (code.size() != kCodeSize) return false;
  // The place i weighs 3^i; with the check character the sum is a multiple of 31.
  std::size_t sum = 0, weight = 1;
  for (std::size_t i = 0; i < kCodeSize; ++i, weight = weight * 3 % kModulus) {
    const std::size_t value = kAlphabet.find(code[i]);
    if (value == std::string_view::npos) return false;
    sum += value * (i + 1 == kCodeSize ? 1 : weight);
  }
  return sum % kModulus == 0;
}

}  // namespace cinnabar
