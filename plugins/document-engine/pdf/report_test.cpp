// Reports: made of what is given, whole, numbered, and ready to be signed.
#include "report.hpp"

#include "render.hpp"
#include "report_text.hpp"

#include <cinnabar/error.hpp>

#include <gtest/gtest.h>

namespace cinnabar::pdf {
namespace {

ReportRequest sample(std::size_t rows) {
  ReportRequest request;
  request.title = "签署报告 Signature report";
  request.subtitle = "测试合同";
  request.footer = "Cinnabar";
  ReportSection facts{"合同 Contract", {}, {}, {{"编号 Number", "con_1"}, {"名称", "采购合同"}}, ""};
  ReportSection table{"操作 Acts", {"时间 Time", "操作 Act", "摘要 Digest"}, {2, 2, 5}, {}, "注"};
  for (std::size_t i = 0; i < rows; ++i)
    table.rows.push_back({std::to_string(i), "签署 signed", std::string(64, 'a')});
  request.sections = {facts, table};
  request.fields.push_back({"platform", 1, {0, 0, 1, 1}, false});
  return request;
}

std::vector<std::string> texts(const Frozen& report) {
  TextRequest request;
  request.document = report.document;
  return read_text(request).pages;
}

TEST(Report, SaysWhatItIsGivenAndNumbersItsPages) {
  const Frozen report = make_report(sample(200));
  const auto pages = texts(report);
  ASSERT_GT(pages.size(), 3u);
  EXPECT_NE(pages[0].find("签署报告 Signature report"), std::string::npos);
  EXPECT_NE(pages[0].find("con_1"), std::string::npos);
  const std::string count = std::to_string(pages.size());
  for (std::size_t i = 0; i < pages.size(); ++i) {
    // Spaces between figures are the reader's guess.
    std::string plain = pages[i];
    std::erase(plain, ' ');
    EXPECT_NE(plain.find(std::to_string(i + 1) + "/" + count), std::string::npos) << i;
    EXPECT_NE(pages[i].find("摘要 Digest"), std::string::npos) << "the head is repeated, " << i;
  }
  std::string all;
  for (const std::string& page : pages) all += page;
  EXPECT_NE(all.find("199"), std::string::npos);
}

TEST(Report, IsReadyToBeSigned) {
  const Frozen report = make_report(sample(1));
  ASSERT_EQ(report.map.fields.size(), 1u);
  EXPECT_EQ(report.map.fields[0].name, "platform");
}

TEST(Report, IsTheSameEachTime) {
  EXPECT_EQ(make_report(sample(3)).document.view().size(),
            make_report(sample(3)).document.view().size());
}

TEST(Report, RefusesControlCharacters) {
  ReportRequest request = sample(1);
  request.sections[0].rows[0][1] = std::string("a\nb");
  EXPECT_THROW(make_report(request), Error);
}

TEST(Report, ARowHigherThanAPageGoesOn) {
  ReportRequest request = sample(1);
  std::string text;
  for (int i = 0; i < 6'000; ++i) text += "长";
  request.sections[1].rows[0][1] = text;
  EXPECT_GT(texts(make_report(request)).size(), 1u);
}

TEST(ReportText, LinesAreNeverWiderThanAsked) {
  for (const double width : {20.0, 55.0, 130.0})
    for (const char* text : {"one two three four", "合同编号：一二三四五，六七八。",
                             "0123456789abcdef0123456789abcdef0123456789abcdef", "", " "}) {
      std::string joined;
      for (const std::string& line : break_lines(text, 9, width)) {
        EXPECT_LE(shape_line(line).width * 9, width + 0.5) << line;
        joined += line;
      }
      std::string plain = text;
      std::erase(plain, ' ');
      std::erase(joined, ' ');
      EXPECT_EQ(joined, plain);
    }
}

TEST(ReportText, WhatNoFontHasIsWrittenAsItsCodePoint) {
  EXPECT_EQ(break_lines("a\U000F0000b", 9, 500).front(), "a[U+F0000]b");
}

}  // namespace
}  // namespace cinnabar::pdf
