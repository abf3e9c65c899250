// What a draft's controls must be like, and which values they take.
#include "controls.hpp"

#include "samples.hpp"

#include <gtest/gtest.h>

#include <functional>

namespace cinnabar::contract {
namespace {

struct Fault {
  std::string code;
  std::string pointer;
};

Fault fault_of(const std::function<void()>& work) {
  try {
    work();
  } catch (const Error& error) {
    return {error.code(), error.pointer()};
  }
  return {};
}

struct Case {
  const char* code;
  const char* pointer;
  std::function<void(Contract&)> spoil;
};

TEST(Controls, TakesAWholeDraft) {
  Contract contract = sample_contract();
  contract.content.controls[0].file = "";
  EXPECT_EQ(fault_of([&] { check_controls(contract, {sample_file()}); }).code, "");
  EXPECT_EQ(contract.content.controls[0].file, "fil_1");
}

TEST(Controls, RefusesWhatCannotBeWithThePlaceOfTheFault) {
  const Case cases[] = {
      {"contract.control_duplicate", "/controls/1/id",
       [](Contract& c) { c.content.controls[1].id = "seal"; }},
      {"contract.control_party_unknown", "/controls/1/party",
       [](Contract& c) { c.content.controls[1].party = "nobody"; }},
      {"contract.control_party_missing", "/controls/0/party",
       [](Contract& c) { c.content.controls[0].party = ""; }},
      {"contract.control_kind_unfit", "/controls/0/kind",
       [](Contract& c) { c.content.controls[0].party = "person"; }},
      {"contract.control_file_unknown", "/controls/0/file",
       [](Contract& c) { c.content.controls[0].file = "fil_2"; }},
      {"contract.control_page_missing", "/controls/0/page",
       [](Contract& c) { c.content.controls[0].page = 3; }},
      {"contract.control_page_missing", "/controls/0/page",
       [](Contract& c) { c.content.controls[0].page = 0; }},
      {"contract.control_rect_missing", "/controls/0/rect",
       [](Contract& c) { c.content.controls[0].rect.reset(); }},
      {"contract.control_outside_page", "/controls/0/rect",
       [](Contract& c) { c.content.controls[0].rect->x = 595'276 - 130'000 + 1; }},
      {"contract.control_outside_page", "/controls/0/rect",
       [](Contract& c) { c.content.controls[0].rect->y = 841'890 - 130'000 + 1; }},
      {"contract.page_seal_page", "/controls/0/page",
       [](Contract& c) { c.content.controls[0].kind = ControlKind::page_seal; }},
      {"contract.party_without_signature", "/parties/1",
       [](Contract& c) { c.content.controls[2].kind = ControlKind::sign_date; }},
      {"contract.value_unexpected", "/controls/0/value",
       [](Contract& c) { c.content.controls[0].value = "x"; }},
      {"contract.value_invalid", "/controls/1/value",
       [](Contract& c) { c.content.controls[1].value = 5; }},
      {"request.invalid", "/controls/1/font_size",
       [](Contract& c) { c.content.controls[1].font_size = 12; }},
  };
  for (const Case& c : cases) {
    Contract contract = sample_contract();
    c.spoil(contract);
    const Fault fault = fault_of([&] { check_controls(contract, {sample_file()}); });
    EXPECT_EQ(fault.code, c.code);
    EXPECT_EQ(fault.pointer, c.pointer) << c.code;
  }
}

TEST(Controls, ReachTheVeryEdgeOfThePage) {
  Contract contract = sample_contract();
  contract.content.controls[0].rect =
      PageRect{595'276 - 130'000, 841'890 - 130'000, 130'000, 130'000};
  EXPECT_EQ(fault_of([&] { check_controls(contract, {sample_file()}); }).code, "");
}

struct ValueCase {
  ControlKind kind;
  bool multi_line;
  Json value;
  bool good;
};

TEST(Values, AreTyped) {
  const ValueCase cases[] = {
      {ControlKind::text, false, "上海市徐汇区，𠮷野龘", true},
      {ControlKind::text, false, "two\nlines", false},
      {ControlKind::text, true, "two\nlines", true},
      {ControlKind::text, true, "a\ttab", false},
      {ControlKind::text, false, 12, false},
      {ControlKind::text, false, std::string(1'000, 'x'), true},
      {ControlKind::text, false, std::string(1'001, 'x'), false},
      {ControlKind::text, true, std::string(4'001, 'x'), false},
      {ControlKind::date, false, "2026-02-28", true},
      {ControlKind::date, false, "2026-02-29", false},
      {ControlKind::date, false, "2026-2-28", false},
      {ControlKind::date, false, "tomorrow", false},
      {ControlKind::date, false, "2026-02-28T00:00:00Z", false},
      {ControlKind::checkbox, false, true, true},
      {ControlKind::checkbox, false, "true", false},
      {ControlKind::checkbox, false, 1, false},
  };
  for (const ValueCase& c : cases) {
    Control control = sample_control("c", "person", c.kind);
    control.multi_line = c.multi_line;
    const Fault fault = fault_of([&] { checked_value(control, c.value, "/values/c"); });
    EXPECT_EQ(fault.code, c.good ? "" : "contract.value_invalid") << to_json(c.value).substr(0, 60);
    if (!c.good) {
      EXPECT_EQ(fault.pointer, "/values/c");
    }
  }
}

TEST(Values, EmptyTextAndNullEmptyAControl) {
  const Control control = sample_control("c", "person", ControlKind::text);
  EXPECT_TRUE(checked_value(control, Json(), "").is_null());
  EXPECT_TRUE(checked_value(control, "", "").is_null());
}

TEST(Values, AreMissingUntilGivenByDraftOrParty) {
  Contract contract = sample_contract();
  EXPECT_EQ(missing_values(contract, &contract.parties[1]), std::vector<std::string>{"place"});
  EXPECT_TRUE(has_to_fill(contract, contract.parties[1]));
  EXPECT_FALSE(has_to_fill(contract, contract.parties[0]));
  contract.parties[1].answers["place"] = "上海";
  EXPECT_TRUE(missing_values(contract, &contract.parties[1]).empty());
  contract.parties[1].answers.clear();
  contract.content.controls[1].value = "杭州";
  EXPECT_TRUE(missing_values(contract, &contract.parties[1]).empty());
  EXPECT_FALSE(has_to_fill(contract, contract.parties[1]));
  EXPECT_EQ(value_of(contract, contract.content.controls[1]).text(), "杭州");
}

}  // namespace
}  // namespace cinnabar::contract
