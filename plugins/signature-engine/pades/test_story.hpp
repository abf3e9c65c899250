// Story: one act after the other signed onto a growing file, and how often a text occurs in it.
// Test code only.
#pragma once

#include "test_document.hpp"
#include "test_signing.hpp"

namespace cinnabar::pades {

inline std::size_t count_of(std::string_view text, std::string_view part) {
  std::size_t count = 0;
  for (std::size_t at = 0; (at = text.find(part, at)) != std::string_view::npos; at += part.size())
    ++count;
  return count;
}

inline std::string archive_name(int number) {
  return "archive_timestamp_" + std::to_string(number);
}

class Story {
 public:
  Story(TestTrust& trust, const TestPlan& plan, std::string level = "B-T")
      : trust_(trust), level_(std::move(level)) {
    TestDocument document = make_document(plan);
    state_ = document.state();
    map_ = std::move(document.map);
    file = std::move(document.bytes);
  }

  void act(const testing::TestIdentity& identity, bool certify, std::vector<Mark> marks,
           std::vector<Drawing> drawings) {
    SignRequest request = request_of(map_, state_, identity);
    request.level = level_;
    request.certify = certify;
    request.marks = std::move(marks);
    request.drawings = std::move(drawings);
    request.signer_name = "测试企业有限公司";
    request.reason = "Contract (con_1) \\ signed";
    request.location = certify ? "" : "深圳";
    request.archive_field = archive_name(state_.archives + 1);
    request.tail = tail_of(file, state_, identity);
    Signed result = engine_->sign(request, trust_.signing(identity));
    append(result.segment, std::move(result.state));
    token_ = std::move(result.archive.token);
  }

  void renew() {
    Archived result =
        engine_->archive({map_, state_, archive_name(state_.archives + 1), token_},
                         trust_.signing(trust_.platform).stamping);
    append(result.segment, std::move(result.state));
    token_ = std::move(result.stamp.token);
  }

  std::string file;
  std::vector<std::size_t> ends;  // of each act

 private:
  void append(const Bytes& segment, DocumentState state) {
    file += segment.view();
    state_ = std::move(state);
    ends.push_back(file.size());
  }

  TestTrust& trust_;
  std::string level_;
  FieldMap map_;
  DocumentState state_;
  Bytes token_;  // of the newest document timestamp
  std::unique_ptr<PadesEngine> engine_ = std::make_unique<PadesEngine>();
};

}  // namespace cinnabar::pades
