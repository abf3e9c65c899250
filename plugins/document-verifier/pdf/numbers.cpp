#include "numbers.hpp"

#include <cmath>
#include <optional>
#include <string>

namespace cinnabar::pdf {

namespace {

// What a double holds exactly.
constexpr std::size_t kDigitsMax = 15;

// Letters that make no other number of it, as "M" or "k" would; signs in the usual encodings.
constexpr std::string_view kCurrencies[] = {
    "EUR", "USD", "GBP", "CHF", "JPY", "CNY", "RMB", "HKD",  "TWD",  "MOP",  "SGD",  "KRW", "SEK",
    "NOK", "DKK", "PLN", "CZK", "HUF", "CAD", "AUD", "NZD",  "INR",  "BRL",  "MXN",  "ZAR", "THB",
    "kr",  "Kr",  "Fr.", "Rs",  "US$", "HK$", "$",   "\x80", "\xA3", "\xA4", "\xA5", "\xA0"};

struct Decimal {
  double number = 0;
  std::size_t decimals = 0;
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Digits in groups of three, and digits behind the point.
std::optional<Decimal> read_decimal(std::string_view text, char point, char group) {
  const std::size_t at = text.find(point);
  const std::string_view whole = text.substr(0, at);
  const std::string_view fraction =
      at == std::string_view::npos ? std::string_view() : text.substr(at + 1);
  std::string digits;
  std::size_t in_group = 0, groups = 0;
  for (const char c : whole) {
    if (c == group || c == '\'' || c == '\x92') {
      if (in_group == 0 || in_group > 3 || (groups > 0 && in_group != 3)) return std::nullopt;
      ++groups;
      in_group = 0;
    } else if (is_digit(c)) {
      digits += c;
      ++in_group;
    } else {
      return std::nullopt;
    }
  }
  if (groups > 0 && in_group != 3) return std::nullopt;
  for (const char c : fraction) {
    if (!is_digit(c)) return std::nullopt;
    digits += c;
  }
  if (digits.empty() || digits.size() > kDigitsMax) return std::nullopt;
  return Decimal{std::stod(digits) / std::pow(10.0, static_cast<double>(fraction.size())),
                 fraction.size()};
}

bool drop_currency(std::string_view& text) {
  for (const std::string_view one : kCurrencies) {
    if (text.starts_with(one)) {
      text.remove_prefix(one.size());
      return true;
    }
    if (text.ends_with(one)) {
      text.remove_suffix(one.size());
      return true;
    }
  }
  return false;
}

bool drop_minus(std::string_view& text) {
  if (text.starts_with('-')) {
    text.remove_prefix(1);
    return true;
  }
  if (text.size() < 2 || text.front() != '(' || text.back() != ')') return false;
  text = text.substr(1, text.size() - 2);
  return true;
}

}  // namespace

bool shows_number(std::string_view shown, std::string_view value) {
  const bool value_negative = value.starts_with('-');
  if (value_negative) value.remove_prefix(1);
  const std::optional<Decimal> wanted = read_decimal(value, '.', '\0');
  if (!wanted) return false;
  bool negative = drop_minus(shown);
  if (drop_currency(shown) && !negative) negative = drop_minus(shown);
  for (const auto& [point, group] : {std::pair{'.', ','}, std::pair{',', '.'}}) {
    const std::optional<Decimal> read = read_decimal(shown, point, group);
    if (!read) continue;
    const double half = 0.5 * std::pow(10.0, -static_cast<double>(read->decimals));
    const double apart = std::fabs(read->number - wanted->number);
    // Digits that are all there must be the same; half a digit is not to be had exactly.
    if (apart > half + 1e-9 * wanted->number) continue;
    if (negative == value_negative || read->number == 0) return true;
  }
  return false;
}

}  // namespace cinnabar::pdf
