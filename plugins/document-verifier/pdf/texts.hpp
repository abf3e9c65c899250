// What each code of a report says in words.
//
// The texts stand in texts/texts.json, which becomes part of the library: a sandboxed worker reads
// no files. Immutable: any thread.
#pragma once

#include <cinnabar/services/document_verifier.hpp>

#include <map>
#include <string_view>

namespace cinnabar::pdf {

struct Words {
  std::string en;
  std::string zh;
};

// By code; the part of a problem before its ":" is the code.
const std::map<std::string, Words>& texts();

// Every code that the report uses, once, with its words.
void add_texts(VerifyReport& report);

}  // namespace cinnabar::pdf
