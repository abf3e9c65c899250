#include "documents.hpp"

#include <algorithm>
#include <chrono>

namespace cinnabar {
namespace {

bool all_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

int number_in(std::string_view text) {
  int value = 0;
  for (const char c : text) value = value * 10 + (c - '0');
  return value;
}

bool is_day(const Day& day) {
  using namespace std::chrono;
  return year_month_day{year{day.year}, month{static_cast<unsigned>(day.month)},
                        std::chrono::day{static_cast<unsigned>(day.day)}}.ok();
}

// GB 11643-1999: ISO 7064 MOD 11-2 over the first seventeen digits.
char check_character(std::string_view digits) {
  constexpr int kWeights[] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
  int sum = 0;
  for (std::size_t i = 0; i < 17; ++i) sum += (digits[i] - '0') * kWeights[i];
  return "10X98765432"[sum % 11];
}

bool is_eighteen(std::string_view number) {
  if (number.size() != 18 || !all_digits(number.substr(0, 17))) return false;
  const Day birth{number_in(number.substr(6, 4)), number_in(number.substr(10, 2)),
                  number_in(number.substr(12, 2))};
  return is_day(birth) && birth.year >= 1900 && number[17] == check_character(number);
}

// Codes of provinces; residence permits of people from Hong Kong, Macao and Taiwan begin with 81 to
// 83.
bool is_permit_region(std::string_view number) {
  return number.starts_with("81") || number.starts_with("82") || number.starts_with("83");
}
bool is_province(std::string_view number) {
  const int code = number_in(number.substr(0, 2));
  constexpr int kLast[] = {15, 23, 37, 46, 54, 65};  // of the codes 11 to 65, by their first digit
  return code / 10 >= 1 && code / 10 <= 6 && code % 10 >= 1 && code <= kLast[code / 10 - 1];
}

}  // namespace

std::string normal_number(std::string_view given) {
  std::string out;
  for (const char c : given)
    if (c != ' ') out += c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  return out;
}

bool is_document_number(DocumentType type, std::string_view number) {
  switch (type) {
    case DocumentType::resident_id: return is_eighteen(number) && is_province(number);
    case DocumentType::residence_permit: return is_eighteen(number) && is_permit_region(number);
    case DocumentType::hk_macao_permit:
      return (number.starts_with('H') || number.starts_with('M')) &&
             (number.size() == 9 || number.size() == 11) && all_digits(number.substr(1));
    case DocumentType::taiwan_permit:
      return (number.size() == 8 || number.size() == 10) && all_digits(number);
    case DocumentType::passport:
      return number.size() >= 5 && number.size() <= 17 &&
             std::all_of(number.begin(), number.end(), [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z');
             });
  }
  return false;
}

std::optional<Day> birth_of(DocumentType type, std::string_view number) {
  if (type != DocumentType::resident_id && type != DocumentType::residence_permit)
    return std::nullopt;
  if (!is_document_number(type, number)) return std::nullopt;
  return Day{number_in(number.substr(6, 4)), number_in(number.substr(10, 2)),
             number_in(number.substr(12, 2))};
}

int age_on(const Day& birth, const Day& day) {
  const bool before = day.month < birth.month || (day.month == birth.month && day.day < birth.day);
  return day.year - birth.year - (before ? 1 : 0);
}

Day day_of(std::int64_t unix_ms) {
  using namespace std::chrono;
  const sys_days day = floor<days>(sys_time<milliseconds>{milliseconds{unix_ms} + hours{8}});
  const year_month_day date{day};
  return {static_cast<int>(date.year()), static_cast<int>(static_cast<unsigned>(date.month())),
          static_cast<int>(static_cast<unsigned>(date.day()))};
}

std::string masked_number(std::string_view number) {
  constexpr std::size_t kHead = 3, kTail = 2;
  if (number.size() <= kHead + kTail) return std::string(number.size(), '*');
  return std::string(number.substr(0, kHead)) + std::string(number.size() - kHead - kTail, '*') +
         std::string(number.substr(number.size() - kTail));
}

}  // namespace cinnabar
