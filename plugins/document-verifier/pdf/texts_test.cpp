#include "texts.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

namespace cinnabar::pdf {
namespace {

// What this folder's sources say in quotes, as far as it looks like a code.
std::set<std::string> words_of(const std::filesystem::path& file) {
  std::ifstream in(file);
  const std::string text((std::istreambuf_iterator<char>(in)), {});
  std::set<std::string> out;
  for (std::size_t at = text.find('"'); at != std::string::npos; at = text.find('"', at + 1)) {
    const std::size_t end = text.find('"', at + 1);
    if (end == std::string::npos) break;
    out.insert(text.substr(at + 1, end - at - 1));
    at = end;
  }
  return out;
}

TEST(Texts, EachCodeSaysSomethingInBothLanguages) {
  EXPECT_GT(texts().size(), 60u);
  for (const auto& [code, words] : texts()) {
    EXPECT_FALSE(words.en.empty()) << code;
    EXPECT_FALSE(words.zh.empty()) << code;
  }
}

TEST(Texts, EachProblemAndChangeOfTheSourcesHasWords) {
  const std::filesystem::path folder = std::filesystem::path(__FILE__).parent_path();
  for (const char* file : {"coverage.cpp", "signers.cpp", "cms.cpp", "trust.cpp", "field_rules.cpp",
                           "changes.cpp", "covering.cpp", "verify.cpp", "answers.cpp"})
    for (const std::string& word : words_of(folder / file)) {
      const bool is_code =
          word.find('_') != std::string::npos &&
          word.find_first_not_of("abcdefghijklmnopqrstuvwxyz_:") == std::string::npos;
      if (!is_code || word == "field_signed") continue;  // told as signature_added
      EXPECT_TRUE(texts().count(word.substr(0, word.find(':')))) << word << " in " << file;
    }
}

TEST(Texts, AReportBringsTheWordsOfItsCodes) {
  VerifyReport report;
  report.verdict = "tampered";
  report.problems = {"object_changed:12", "object_changed:13"};
  add_texts(report);
  ASSERT_EQ(report.texts.size(), 2u);
  EXPECT_EQ(report.texts[0].code, "object_changed");
  EXPECT_FALSE(report.texts[1].zh.empty());
}

}  // namespace
}  // namespace cinnabar::pdf
