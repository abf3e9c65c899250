#include "date.hpp"

#include <cinnabar/time.hpp>

namespace cinnabar::pdf {

std::string date_to_rfc3339(const std::string& date) {
  std::string digits;
  std::size_t at = date.compare(0, 2, "D:") == 0 ? 2 : 0;
  while (at < date.size() && date[at] >= '0' && date[at] <= '9') digits += date[at++];
  if (digits.size() < 4 || digits.size() > 14 || digits.size() % 2 != 0) return date;
  // What a date leaves out is the first month, the first day, midnight.
  constexpr std::string_view kDefaults = "00000101000000";
  digits += kDefaults.substr(digits.size());
  std::string zone = "Z";
  if (at + 2 < date.size() && (date[at] == '+' || date[at] == '-')) {
    zone = date.substr(at, 3) + ":00";
    if (at + 5 < date.size() && date[at + 3] == '\'') zone.replace(4, 2, date, at + 4, 2);
  }
  const std::string text = digits.substr(0, 4) + "-" + digits.substr(4, 2) + "-" +
                           digits.substr(6, 2) + "T" + digits.substr(8, 2) + ":" +
                           digits.substr(10, 2) + ":" + digits.substr(12, 2) + zone;
  const std::optional<Time> time = from_rfc3339(text);
  return time ? to_rfc3339(*time) : date;
}

}  // namespace cinnabar::pdf
