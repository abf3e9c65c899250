// What the evidence says of a contract, and what it hides.
#include "evidence.hpp"

#include <gtest/gtest.h>

namespace cinnabar::evidence {
namespace {

Dossier sample() {
  Dossier dossier;
  dossier.id = "con_1";
  dossier.owner = "ent_1";
  DossierParty company;
  company.id = "company";
  company.name = "陈立";
  company.mobile = "13800001111";
  company.person = "per_1";
  company.enterprise = "ent_1";
  DossierParty person;
  person.id = "person";
  person.name = "李雪";
  person.mobile = "15000002222";
  person.person = "per_2";
  company.mobile_salt = "s1";
  person.mobile_salt = "s2";
  dossier.parties = {company, person};
  return dossier;
}

StoredEvent event(std::int64_t index, std::string type, std::string actor) {
  StoredEvent out;
  out.chain_index = index;
  out.type = std::move(type);
  out.actor = std::move(actor);
  out.data = Json::object().set("party", "person");
  out.stored = "{}";
  return out;
}

TEST(Evidence, NamesTheActorsOfItsActs) {
  const Evidence out = evidence_of(
      sample(), {event(1, "contract.sent", "per_1"), event(2, "contract.expired", "")}, true, {});
  ASSERT_EQ(out.acts.size(), 2u);
  EXPECT_EQ(out.acts[0].name, "陈立");
  EXPECT_EQ(out.acts[0].party, "person");
  EXPECT_EQ(out.acts[1].name, "");
  EXPECT_TRUE(out.intact);
}

TEST(Evidence, TellsWhetherAnotherViewOfItIsNews) {
  const auto acts_of = [](std::vector<StoredEvent> events) {
    for (StoredEvent& event : events) event.at = Time{1'000};
    return evidence_of(sample(), std::move(events), true, {}).acts;
  };
  const StoredEvent seen = event(1, "contract.evidence_viewed", "per_1");
  const auto acts = acts_of({seen, event(2, "contract.downloaded", "per_2")});
  EXPECT_TRUE(viewed_lately(acts, "per_1", Time{2'000}));
  EXPECT_FALSE(viewed_lately(acts, "per_2", Time{2'000}));
  EXPECT_FALSE(viewed_lately(acts, "per_1", Time{3'601'000}));
  EXPECT_FALSE(viewed_lately(acts, "per_1", Time{500})) << "the clock was set back";
  EXPECT_FALSE(viewed_lately(acts_of({seen, event(2, "contract.signed", "per_2")}), "per_1",
                             Time{2'000}));
}

TEST(Evidence, CarriesTheBytesThatWereHashed) {
  const Evidence out = evidence_of(sample(), {event(1, "contract.sent", "per_1")}, false, {});
  EXPECT_EQ(out.acts[0].stored, "{}");
  EXPECT_FALSE(out.intact);
}

TEST(Evidence, MasksOthersMobileNumbersButNotToTheOwner) {
  Evidence out = evidence_of(sample(), {}, true, {});
  mask(out, "ent_1");
  EXPECT_EQ(out.parties[1].mobile, "15000002222");
  mask(out, "per_2");
  EXPECT_EQ(out.parties[0].mobile, "138****1111");
  EXPECT_EQ(out.parties[1].mobile, "15000002222");
  EXPECT_EQ(out.parties[0].mobile_salt, "");
  EXPECT_EQ(out.parties[1].mobile_salt, "s2");
}

TEST(Evidence, ShowsAPartyWhereOnlyItsOwnActsCameFrom) {
  Dossier dossier = sample();
  dossier.traces = {{"trc_1", "192.0.2.1", "a", "x"}, {"trc_2", "192.0.2.2", "b", "y"}};
  StoredEvent theirs = event(1, "contract.sent", "per_1");
  theirs.data.set("trace", "trc_1");
  StoredEvent mine = event(2, "contract.filled", "per_2");
  mine.data.set("trace", "trc_2");
  Evidence out = evidence_of(dossier, {theirs, mine}, true, {});
  mask(out, "ent_1");
  EXPECT_EQ(out.traces.size(), 2u);
  mask(out, "per_2");
  ASSERT_EQ(out.traces.size(), 1u);
  EXPECT_EQ(out.traces[0].address, "192.0.2.2");
}

}  // namespace
}  // namespace cinnabar::evidence
