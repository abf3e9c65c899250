#include "engine.hpp"

#include "test_document.hpp"
#include "test_signing.hpp"

#include <gtest/gtest.h>

namespace cinnabar::pades {
namespace {

struct Engine : ::testing::Test {
  static TestTrust& trust() {
    static TestTrust kTrust;
    return kTrust;
  }
  static TestDocument document(bool xref_stream = false) {
    TestPlan plan;
    plan.fields = {{"certification", 1, 0, 0, 0, 0}, {"seal", 1, 100, 100, 120, 120}};
    plan.xref_stream = xref_stream;
    return make_document(plan);
  }
  static SignRequest request(const TestDocument& document) {
    SignRequest request = request_of(document.map, document.state(), trust().platform);
    request.marks = {{"seal", 0, 0, 1}};
    request.drawings = {make_seal(100, 100)};
    return request;
  }
  std::string code_of(const SignRequest& request) {
    try {
      engine.sign(request, trust().signing(trust().platform));
    } catch (const Error& error) {
      return error.code();
    }
    return "";
  }
  PadesEngine engine;
};

TEST_F(Engine, BaseStateIsThatOfTheBytes) {
  const TestDocument base = document();
  const DocumentState state = engine.base_state({Bytes(base.bytes), base.map});
  EXPECT_EQ(state.length, static_cast<std::int64_t>(base.bytes.size()));
  EXPECT_EQ(state.digest_state, base.state().digest_state);
  EXPECT_EQ(state.next_object, base.map.next_object);
}

TEST_F(Engine, TheNewStateIsThatOfTheWholeFile) {
  for (const bool xref_stream : {false, true}) {
    const TestDocument base = document(xref_stream);
    const Signed result = engine.sign(request(base), trust().signing(trust().platform));
    const std::string file = base.bytes + result.segment.text();
    DigestState digest;
    digest.update(file);
    EXPECT_EQ(result.state.digest_state, digest.encode());
    EXPECT_EQ(result.state.length, static_cast<std::int64_t>(file.size()));
    const std::string tail = "startxref\n" + std::to_string(result.state.start_xref) + "\n%%EOF\n";
    EXPECT_TRUE(file.ends_with(tail));
    const std::string section =
        xref_stream ? std::to_string(result.state.next_object - 1) + " 0 obj\n<</Type /XRef"
                    : std::string("xref\n");
    EXPECT_EQ(
        file.compare(static_cast<std::size_t>(result.state.start_xref), section.size(), section),
        0);
  }
}

TEST_F(Engine, TheSegmentBeginsOnALineOfItsOwn) {
  TestPlan plan;
  plan.fields = {{"seal", 1, 100, 100, 120, 120}};
  plan.final_newline = false;
  const Signed result =
      engine.sign(request(make_document(plan)), trust().signing(trust().platform));
  EXPECT_EQ(result.segment.view().front(), '\n');
}

TEST_F(Engine, TheTimestampIsOverTheSignature) {
  const Signed result = engine.sign(request(document()), trust().signing(trust().platform));
  EXPECT_EQ(result.timestamp, "2025-11-21T12:00:00.250Z");
  EXPECT_EQ(result.digest.size(), 64u);
  SignRequest plain = request(document());
  plain.level = "B-B";
  EXPECT_EQ(engine.sign(plain, trust().signing(trust().platform)).timestamp, "");
}

TEST_F(Engine, ALevelThatCannotBeMetStopsTheAct) {
  Signing signing = trust().signing(trust().platform);
  signing.stamping.stamp = [](std::string_view) -> Stamp { throw Error("unavailable"); };
  try {
    engine.sign(request(document()), signing);
    FAIL() << "signed without a timestamp";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "signature.level_unreachable");
    EXPECT_EQ(error.status(), CINNABAR_UNAVAILABLE);
  }
  signing.stamping.stamp = [](std::string_view) { return Stamp{}; };
  EXPECT_THROW(engine.sign(request(document()), signing), Error);
  signing.stamping.stamp = [](std::string_view) { return trust().stamp(sha256("another")); };
  EXPECT_THROW(engine.sign(request(document()), signing), Error);
  SignRequest unknown = request(document());
  unknown.level = "B-X";
  EXPECT_EQ(code_of(unknown), "signature.level_unreachable");
}

TEST_F(Engine, ATokenLargerThanExpectedGetsItsRoom) {
  Signing signing = trust().signing(trust().platform);
  int stamps = 0;
  signing.stamping.stamp = [&](std::string_view digest) {
    ++stamps;
    return trust().stamp(digest, 20);
  };
  const Signed first = engine.sign(request(document()), signing);
  EXPECT_EQ(stamps, 2);
  EXPECT_GT(first.segment.size(), 16'000u);
  engine.sign(request(document()), signing);
  EXPECT_EQ(stamps, 3) << "the size was not remembered";
}

TEST_F(Engine, AKeyThatIsNotTheCertificatesIsRefused) {
  Signing signing = trust().signing(trust().platform);
  signing.public_key = [] { return trust().keys.public_key(trust().person.key); };
  try {
    engine.sign(request(document()), signing);
    FAIL() << "signed with a foreign key";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "signature.key_mismatch");
  }
}

TEST_F(Engine, AKeyThatIsGoneIsSaidSo) {
  Signing signing = trust().signing(trust().platform);
  signing.sign = [](std::string_view, std::string_view) -> std::string {
    throw Error("key.not_found");
  };
  try {
    engine.sign(request(document()), signing);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "signature.key_unavailable");
  }
}

TEST_F(Engine, WrongRequestsAreRefusedBeforeTheKeyIsUsed) {
  SignRequest none = request(document());
  none.marks.clear();
  EXPECT_EQ(code_of(none), "signature.marks_invalid");

  SignRequest unknown = request(document());
  unknown.marks[0].field = "elsewhere";
  EXPECT_EQ(code_of(unknown), "signature.field_unknown");

  SignRequest twice = request(document());
  twice.marks.push_back(twice.marks[0]);
  EXPECT_EQ(code_of(twice), "signature.marks_invalid");

  SignRequest undrawn = request(document());
  undrawn.marks[0].drawing = 1;
  EXPECT_EQ(code_of(undrawn), "signature.drawing_unknown");

  SignRequest large = request(document());
  large.drawings = {make_seal(130, 100)};
  EXPECT_EQ(code_of(large), "signature.too_large");

  SignRequest flat = request(document());
  flat.drawings[0].height = 0;
  EXPECT_EQ(code_of(flat), "signature.drawing_invalid");

  SignRequest other = request(document());
  other.state.length += 1;
  EXPECT_EQ(code_of(other), "signature.state_mismatch");

  SignRequest damaged = request(document());
  damaged.state.digest_state[20] = 'x';
  EXPECT_EQ(code_of(damaged), "signature.state_unreadable");

  SignRequest kind = request(document());
  kind.map.xref_kind = "hybrid";
  EXPECT_EQ(code_of(kind), "signature.map_invalid");

  SignRequest chainless = request(document());
  chainless.chain.clear();
  EXPECT_EQ(code_of(chainless), "signature.chain_missing");
}

}  // namespace
}  // namespace cinnabar::pades
