// Identity documents (IDN-3, IDN-4): whether a number can be one of its kind, and how old who holds
// it is. Pure; any thread.
#pragma once

#include <cinnabar/describe.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace cinnabar {

enum class DocumentType { resident_id, hk_macao_permit, taiwan_permit, residence_permit, passport };
CINNABAR_ENUM(DocumentType, resident_id, hk_macao_permit, taiwan_permit, residence_permit, passport)

// A calendar day.
struct Day {
  int year = 0, month = 0, day = 0;
};

// In its one spelling: capitals, no blanks around it.
std::string normal_number(std::string_view given);

// Resident ID cards and residence permits by GB 11643-1999 (18 digits, birth date, check
// character); the others by their shapes.
bool is_document_number(DocumentType type, std::string_view number);

// Of documents whose number holds it.
std::optional<Day> birth_of(DocumentType type, std::string_view number);

// Whole years on that day.
int age_on(const Day& birth, const Day& day);
Day day_of(std::int64_t unix_ms);  // in Beijing, where ages are counted

// What others may see of it.
std::string masked_number(std::string_view number);

}  // namespace cinnabar
