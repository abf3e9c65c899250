// Which party somebody acts as who stands for several.
#include "party.hpp"

#include "samples.hpp"

#include <gtest/gtest.h>

namespace cinnabar::contract {
namespace {

// Two parties of one person, who signs in this order.
struct StandsForTwo : ::testing::Test {
  Contract contract;
  SubjectInfo subject{"per_li", "", false, ""};

  StandsForTwo() {
    contract.row.state = State::signing;
    contract.row.ordering = Ordering::sequential;
    contract.parties = {sample_party("first", PartyKind::person, 1),
                        sample_party("between", PartyKind::person, 2),
                        sample_party("second", PartyKind::person, 3)};
    contract.parties[0].person = contract.parties[2].person = "per_li";
    contract.parties[1].person = "per_zhou";
  }
  std::string acts_as() { return acting_party(contract, subject).id; }
};

TEST_F(StandsForTwo, ActsAsTheOneInTurn) {
  EXPECT_EQ(acts_as(), "first");
  contract.parties[0].state = contract.parties[1].state = PartyState::signed_;
  EXPECT_EQ(acts_as(), "second");
}

TEST_F(StandsForTwo, ActsAsTheOneStillOpenBeforeItsTurn) {
  contract.parties[0].state = PartyState::signed_;
  EXPECT_EQ(acts_as(), "second");
  contract.parties[2].state = PartyState::filled;
  EXPECT_EQ(acts_as(), "second");
}

TEST_F(StandsForTwo, ActsAsAnyWhenAllIsDone) {
  for (PartyRow& party : contract.parties) party.state = PartyState::signed_;
  EXPECT_EQ(acts_as(), "first");
  subject.person = "per_x";
  EXPECT_EQ(party_of(contract, subject), nullptr);
}

}  // namespace
}  // namespace cinnabar::contract
