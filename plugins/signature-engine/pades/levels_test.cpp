// Levels B-LT and B-LTA and their renewal: what the segments hold, and what stops an act.
#include "test_story.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace cinnabar::pades {
namespace {

struct Levels : ::testing::Test {
  static TestTrust& trust() {
    static TestTrust kTrust;
    return kTrust;
  }
  Levels() {
    TestPlan plan;
    plan.fields = {{"seal", 1, 100, 100, 120, 120}, {"second", 1, 300, 100, 120, 120}};
    for (int i = 1; i <= 3; ++i) plan.fields.push_back({archive_name(i), 1, 0, 0, 0, 0});
    plan.long_term = true;
    document = make_document(plan);
    state = document.state();
    file = document.bytes;
  }
  static std::string archive_name(int number) { return "archive" + std::to_string(number); }
  SignRequest request(const std::string& level, const testing::TestIdentity& identity,
                      const std::string& field = "seal") const {
    SignRequest out = request_of(document.map, state, identity);
    out.level = level;
    out.marks = {{field, 0, 0, 1}};
    out.drawings = {make_seal(100, 100)};
    out.archive_field = archive_name(state.archives + 1);
    out.tail = tail_of(file, state, identity);
    return out;
  }
  Signed sign(const SignRequest& request, const testing::TestIdentity& identity) {
    Signed result = engine.sign(request, trust().signing(identity));
    state = result.state;
    file += result.segment.text();
    return result;
  }
  Archived renew(const Bytes& token) {
    Archived result = engine.archive({document.map, state, archive_name(state.archives + 1), token},
                                     trust().signing(trust().platform).stamping);
    state = result.state;
    file += result.segment.text();
    return result;
  }
  // The code of the error; empty: there was none.
  std::string refusal(const SignRequest& request, const Signing& signing) {
    try {
      engine.sign(request, signing);
    } catch (const Error& error) {
      return error.code();
    }
    return "";
  }
  // The newest dictionary of the security store.
  std::string store() const {
    const std::size_t at = file.rfind("/Type /DSS");
    return file.substr(at, file.find(">>", at) - at);
  }

  PadesEngine engine;
  TestDocument document;
  DocumentState state;
  std::string file;
};

TEST_F(Levels, EachLevelAddsOneRevisionToTheSameSegment) {
  const std::pair<const char*, std::size_t> expected[] = {
      {"B-B", 1}, {"B-T", 1}, {"B-LT", 2}, {"B-LTA", 3}};
  for (const auto& [level, revisions] : expected) {
    const Signed result =
        engine.sign(request(level, trust().person), trust().signing(trust().person));
    EXPECT_EQ(count_of(result.segment.view(), "%%EOF\n"), revisions) << level;
    EXPECT_EQ(count_of(result.segment.view(), "/Type /DSS"), revisions > 1 ? 1u : 0u) << level;
    EXPECT_EQ(result.archive.token.empty(), level != std::string("B-LTA")) << level;
    DigestState digest;
    digest.update(file + result.segment.text());
    EXPECT_EQ(result.state.digest_state, digest.encode()) << level;
  }
}

TEST_F(Levels, TheStoreOnlyGrowsAndHoldsNothingTwice) {
  sign(request("B-LT", trust().person), trust().person);
  const std::string first = store();
  // Signer, timestamp authority, root, and one CRL for all.
  EXPECT_EQ(state.proofs.size(), 4u);
  sign(request("B-LT", trust().enterprise, "second"), trust().enterprise);
  const std::string second = store();
  EXPECT_EQ(state.proofs.size(), 5u);
  EXPECT_EQ(count_of(file, trust().root.chain.front()), 1u);
  const std::string certificates = first.substr(0, first.find(']'));
  EXPECT_TRUE(second.starts_with(certificates)) << first << "\n" << second;
}

TEST_F(Levels, WhatIsHeldAlreadyNeedsNoRevision) {
  sign(request("B-LT", trust().person), trust().person);
  const Signed again = sign(request("B-LT", trust().person, "second"), trust().person);
  EXPECT_EQ(count_of(again.segment.view(), "%%EOF\n"), 1u);
}

TEST_F(Levels, AStateSurvivesBeingKept) {
  sign(request("B-LTA", trust().person), trust().person);
  const auto kept = from_json<DocumentState>(to_json(state));
  EXPECT_EQ(to_json(kept), to_json(state));
  EXPECT_EQ(kept.archives, 1);
  EXPECT_EQ(kept.proofs.size(), 4u);
}

TEST_F(Levels, AStateOfTheFirstVersionIsStillRead) {
  Json old = Json::object()
                 .set("version", 1)
                 .set("length", state.length)
                 .set("start_xref", state.start_xref)
                 .set("next_object", state.next_object)
                 .set("digest_state", state.digest_state);
  state = from_json<DocumentState>(to_json(old));
  SignRequest weak = request_of(document.map, state, trust().enterprise);
  weak.marks = {{"seal", 0, 0, 1}};
  weak.drawings = {make_seal(100, 100)};
  EXPECT_EQ(refusal(weak, trust().signing(trust().enterprise)), "");
  // SHA-384 begins at the first byte then.
  SignRequest strong = request_of(document.map, state, trust().person);
  strong.marks = weak.marks;
  strong.drawings = {make_seal(100, 100)};
  strong.tail = Bytes(file);
  EXPECT_EQ(refusal(strong, trust().signing(trust().person)), "");
}

TEST_F(Levels, SignersWithP384GetSha384OverTheSameBytes) {
  sign(request("B-LT", trust().enterprise), trust().enterprise);
  const std::string before = file;
  const SignRequest strong = request("B-B", trust().person, "second");
  EXPECT_EQ(strong.tail.size(), file.size() - document.bytes.size()) << "only what came since";
  const Signed result = sign(strong, trust().person);
  const std::size_t open = result.segment.view().find("/Contents <") + 10;
  const std::size_t close = result.segment.view().find('>', open) + 1;
  const std::string segment = result.segment.text();
  EXPECT_EQ(result.digest,
            to_hex(sha384(before + segment.substr(0, open) + segment.substr(close))));
  EXPECT_EQ(DigestState384::decode(state.digest_state_384).digest(), sha384(file));

  SignRequest without = strong;
  without.tail = {};
  EXPECT_EQ(refusal(without, trust().signing(trust().person)), "signature.state_mismatch");
}

TEST_F(Levels, TheTimestampOfTheDocumentCoversTheStore) {
  const Signed result = sign(request("B-LTA", trust().person), trust().person);
  const std::size_t store_at = file.rfind("/Type /DSS"), stamp_at = file.rfind("/DocTimeStamp");
  EXPECT_LT(store_at, stamp_at);
  long long gap = 0, after = 0, rest = 0;
  const std::size_t ranges = file.rfind("/ByteRange [");
  ASSERT_EQ(std::sscanf(file.c_str() + ranges, "/ByteRange [0 %lld %lld %lld]", &gap, &after,
                        &rest), 3);
  EXPECT_EQ(static_cast<std::size_t>(after + rest), file.size());
  const std::string covered = file.substr(0, static_cast<std::size_t>(gap)) +
                              file.substr(static_cast<std::size_t>(after));
  EXPECT_NE(result.archive.token.view().find(sha256(covered)), std::string_view::npos);
  EXPECT_EQ(result.archive.time, "2025-11-21T12:00:00.250Z");
  EXPECT_GT(result.archive.ends_ms, 1'763'726'400'250);
}

TEST_F(Levels, RenewalAddsProofOfTheLastTimestampAndANewOne) {
  const Signed result = sign(request("B-LTA", trust().person), trust().person);
  const Archived first = renew(result.archive.token);
  EXPECT_EQ(count_of(first.segment.view(), "/Type /DocTimeStamp"), 1u);
  EXPECT_EQ(state.archives, 2);
  renew(first.stamp.token);
  DigestState digest;
  digest.update(file);
  EXPECT_EQ(state.digest_state, digest.encode());
  EXPECT_THROW(renew(first.stamp.token), Error) << "there are three fields only";
}

TEST_F(Levels, NothingIsDowngraded) {
  const auto& person = trust().person;
  const auto with = [&](auto change) {
    Signing signing = trust().signing(person);
    change(signing);
    return refusal(request("B-LT", person), signing);
  };
  const auto gone = [](auto&&...) -> ValidationData { throw Error("certificate.status_unknown"); };
  const auto nothing = [](auto&&...) { return ValidationData{}; };
  EXPECT_EQ(with([&](Signing& s) { s.prove = gone; }), "signature.level_unreachable");
  EXPECT_EQ(with([&](Signing& s) { s.prove = nothing; }), "signature.level_unreachable");
  EXPECT_EQ(with([&](Signing& s) { s.stamping.prove = gone; }), "signature.level_unreachable");
  EXPECT_EQ(with([&](Signing& s) { s.stamping.prove = nothing; }), "signature.level_unreachable");
  EXPECT_EQ(with([&](Signing& s) {
              s.prove = [] {
                ValidationData data;
                data.ocsps.emplace_back(std::string(9 * 1'048'576, 'x'));
                return data;
              };
            }),
            "signature.level_unreachable")
      << "each act would add megabytes";
}

TEST_F(Levels, ARevokedCertificateStopsTheAct) {
  Signing signing = trust().signing(trust().person);
  signing.prove = []() -> ValidationData { throw Error("certificate.revoked"); };
  EXPECT_EQ(refusal(request("B-LT", trust().person), signing), "signature.certificate_revoked");
  signing = trust().signing(trust().person);
  signing.stamping.prove = [](const Bytes&) -> ValidationData { throw Error("timestamp.revoked"); };
  EXPECT_EQ(refusal(request("B-LT", trust().person), signing), "signature.certificate_revoked");
}

TEST_F(Levels, ALevelForWhichNothingWasPreparedIsRefusedBeforeTheKeyIsUsed) {
  Signing signing = trust().signing(trust().person);
  signing.sign = [](std::string_view, std::string_view) -> std::string {
    ADD_FAILURE() << "the key was used";
    return "";
  };
  SignRequest storeless = request("B-LT", trust().person);
  storeless.map.security_store = 0;
  EXPECT_EQ(refusal(storeless, signing), "signature.level_unreachable");
  SignRequest fieldless = request("B-LTA", trust().person);
  fieldless.archive_field = "archive9";
  EXPECT_EQ(refusal(fieldless, signing), "signature.field_unknown");
  SignRequest visible = request("B-LTA", trust().person);
  visible.archive_field = "second";
  EXPECT_EQ(refusal(visible, signing), "signature.map_invalid");
}

TEST_F(Levels, LargeAnswersAreKeptWhole) {
  Signing signing = trust().signing(trust().person);
  const std::string large(100'000, 'o');
  signing.prove = [&] {
    ValidationData data = trust().proof(trust().person);
    data.ocsps.emplace_back(large);
    return data;
  };
  const Signed result = engine.sign(request("B-LTA", trust().person), signing);
  EXPECT_NE(result.segment.view().find(large), std::string_view::npos);
  EXPECT_NE(result.segment.view().find("/OCSPs ["), std::string_view::npos);
}

TEST_F(Levels, ATokenLargerThanExpectedGetsItsRoomInBothPlaces) {
  Signing signing = trust().signing(trust().person);
  int stamps = 0;
  signing.stamping.stamp = [&](std::string_view digest) {
    return trust().stamp(digest, 20 * (stamps++ / 2 + 1));  // larger at the second place
  };
  const Signed result = engine.sign(request("B-LTA", trust().person), signing);
  EXPECT_EQ(stamps, 4);
  DigestState digest;
  digest.update(file + result.segment.text());
  EXPECT_EQ(result.state.digest_state, digest.encode());
}

}  // namespace
}  // namespace cinnabar::pades
