#include "kernel/api/problem.hpp"

#include <cinnabar/http_text.hpp>

#include <gtest/gtest.h>

namespace cinnabar::kernel {
namespace {

const ErrorText* plugin_text(std::string_view code) {
  static const ErrorText kText{423, "The seal {seal} is locked.", "印章 {seal} 已锁定。", 400};
  return code == "seal.locked" ? &kText : nullptr;
}

TEST(Problem, SpeaksChineseOrEnglish) {
  const Problems problems(plugin_text);
  const Error error("seal.locked", {{"seal", "sel_1"}}, "/seal");
  HttpResponse response = problems.render(error, {"zh", "req_1"});
  EXPECT_EQ(response.status, 423);
  EXPECT_EQ(response.hold_ms, 400);
  Json document = from_json<Json>(response.body);
  EXPECT_EQ(document["detail"].text(), "印章 sel_1 已锁定。");
  EXPECT_EQ(document["title"].text(), "已锁定");
  EXPECT_EQ(document["code"].text(), "seal.locked");
  EXPECT_EQ(document["type"].text(), "urn:cinnabar:problem:seal.locked");
  EXPECT_EQ(document["status"].integer(), 423);
  EXPECT_EQ(document["pointer"].text(), "/seal");
  EXPECT_EQ(document["seal"].text(), "sel_1");
  EXPECT_EQ(document["request_id"].text(), "req_1");
  document = from_json<Json>(problems.render(error, {"en", "req_1"}).body);
  EXPECT_EQ(document["detail"].text(), "The seal sel_1 is locked.");
}

TEST(Problem, LetsNoParameterStandInForAMember) {
  const Problems problems;
  const Json document = from_json<Json>(
      problems.render(Error("x.y", {{"status", "200"}, {"code", "fine"}}), {"en", "r"}).body);
  EXPECT_EQ(document["status"].integer(), 422);
  EXPECT_EQ(document["code"].text(), "x.y");
}

TEST(Problem, HasAStatusForEveryEnd) {
  const Problems problems;
  const std::pair<cinnabar_status, int> kCases[] = {
      {CINNABAR_REFUSED, 422},  {CINNABAR_FAILED, 500},   {CINNABAR_UNAVAILABLE, 503},
      {CINNABAR_DEADLINE, 504}, {CINNABAR_CONFLICT, 409}, {CINNABAR_UNSUPPORTED, 422}};
  for (const auto& [status, http] : kCases)
    EXPECT_EQ(problems.render(Error("x.y", {}, {}, status), {}).status, http);
}

TEST(Problem, WhatIsUnavailableNamesNothingOfTheServer) {
  const HttpResponse response = Problems().render(
      Error("storage.unavailable", {{"path", "/srv/data"}}, {}, CINNABAR_UNAVAILABLE), {});
  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(response.body.find("/srv/data"), std::string::npos) << response.body;
}

TEST(Problem, ProtocolFaultsHaveTheirOwnStatus) {
  const Problems problems;
  for (const char* code : {"http.head_malformed", "http.framing_ambiguous", "http.host_missing",
                           "http.target_malformed", "http.body_malformed"})
    EXPECT_EQ(problems.render(Error(code), {}).status, 400) << code;
  EXPECT_EQ(problems.render(Error("http.body_too_large"), {}).status, 413);
  EXPECT_EQ(problems.render(Error("http.request_too_slow"), {}).status, 408);
}

TEST(Locale, TakesTheBetterOfTheTwo) {
  EXPECT_EQ(choose_locale("", "en"), "en");
  EXPECT_EQ(choose_locale("zh-CN,zh;q=0.9,en;q=0.8", "en"), "zh");
  EXPECT_EQ(choose_locale("de, en-GB;q=0.5, zh;q=0.7", "en"), "zh");
  EXPECT_EQ(choose_locale("zh;q=0.1, EN;q=0.2", "zh"), "en");
  EXPECT_EQ(choose_locale("zh;q=0", "en"), "en");
  EXPECT_EQ(choose_locale("zhx, english, *", "en"), "en");
  EXPECT_EQ(choose_locale(",,;q=,;;", "zh"), "zh");
}

}  // namespace
}  // namespace cinnabar::kernel
