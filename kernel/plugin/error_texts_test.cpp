#include "kernel/plugin/error_texts.hpp"

#include <gtest/gtest.h>

namespace cinnabar::kernel {
namespace {

TEST(ErrorTexts, TheKernelsOwnAreThereInBothLanguages) {
  ASSERT_TRUE(kernel_errors().contains("http.head_malformed"));
  for (const auto& [code, text] : kernel_errors()) {
    EXPECT_FALSE(text.en.empty()) << code;
    EXPECT_FALSE(text.zh.empty()) << code;
  }
}

TEST(ErrorTexts, ParametersAreFilledInOnce) {
  EXPECT_EQ(filled("{a} and {b}", {{"a", "{b}"}, {"b", "{a}"}}), "{b} and {a}");
  EXPECT_EQ(filled("no {other}.", {{"a", "1"}}), "no .");
  EXPECT_EQ(filled("open {a", {{"a", "1"}}), "open {a");
}

}  // namespace
}  // namespace cinnabar::kernel
