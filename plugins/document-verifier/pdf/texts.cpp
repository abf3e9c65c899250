#include "texts.hpp"

#include <cinnabar/json.hpp>

#include <set>

namespace cinnabar::pdf {

extern const std::string_view kTexts;  // texts/texts.json, as CMake builds it in

const std::map<std::string, Words>& texts() {
  static const std::map<std::string, Words> all = [] {
    std::map<std::string, Words> out;
    const Json read = from_json<Json>(kTexts);
    for (const auto& [code, words] : read.members())
      out[code] = {words["en"].text(), words["zh"].text()};
    return out;
  }();
  return all;
}

void add_texts(VerifyReport& report) {
  std::set<std::string> codes{report.verdict};
  const auto take = [&](const std::string& problem) {
    codes.insert(problem.substr(0, problem.find(':')));
  };
  for (const std::string& problem : report.problems) take(problem);
  for (const SignatureReport& signature : report.signatures) {
    for (const std::string& problem : signature.problems) take(problem);
    for (const ChangeReport& change : signature.changes) take(change.code);
    for (const std::string& code :
         {signature.trust.code, signature.revocation.code, signature.time.code,
          signature.time.trust.code, signature.algorithm.code})
      take(code);
  }
  for (const std::string& code : codes) {
    const auto words = texts().find(code);
    if (words != texts().end())
      report.texts.push_back({code, words->second.en, words->second.zh});
  }
}

}  // namespace cinnabar::pdf
