// Who is asked next.
#include "order.hpp"

#include "samples.hpp"

#include <gtest/gtest.h>

namespace cinnabar::contract {
namespace {

struct Case {
  const char* what;
  State state;
  Ordering ordering;
  std::vector<int> positions;
  std::vector<PartyState> states;
  std::vector<std::size_t> expected;
};

TEST(Order, AsksThoseWhoseTurnItIs) {
  const auto waiting = PartyState::waiting, done = PartyState::signed_;
  const Case cases[] = {
      {"unordered asks all", State::signing, Ordering::unordered, {1, 1, 1},
       {waiting, waiting, waiting}, {0, 1, 2}},
      {"unordered ignores positions", State::signing, Ordering::unordered, {3, 2, 1},
       {waiting, done, waiting}, {0, 2}},
      {"sequential asks the first", State::signing, Ordering::sequential, {1, 2, 3},
       {waiting, waiting, waiting}, {0}},
      {"sequential asks the next", State::signing, Ordering::sequential, {1, 2, 3},
       {done, waiting, waiting}, {1}},
      {"positions need not be in order of listing", State::signing, Ordering::sequential,
       {30, 10, 20}, {waiting, done, waiting}, {2}},
      {"a parallel group is asked together", State::signing, Ordering::sequential, {1, 2, 2},
       {done, waiting, waiting}, {1, 2}},
      {"a group is left when all of it are done", State::signing, Ordering::sequential, {1, 1, 2},
       {done, waiting, waiting}, {1}},
      {"nobody when all are done", State::signing, Ordering::sequential, {1, 2}, {done, done}, {}},
      {"nobody in a draft", State::draft, Ordering::unordered, {1, 1}, {waiting, waiting}, {}},
      {"nobody once completed", State::completed, Ordering::unordered, {1}, {done}, {}},
  };
  for (const Case& c : cases) {
    Contract contract;
    contract.row.state = c.state;
    contract.row.ordering = c.ordering;
    for (std::size_t i = 0; i < c.positions.size(); ++i) {
      PartyRow party =
          sample_party("p" + std::to_string(i), PartyKind::person, c.positions[i]);
      party.state = c.states[i];
      contract.parties.push_back(party);
    }
    EXPECT_EQ(asked(contract), c.expected) << c.what;
  }
}

TEST(Order, AsksOnlyThoseWithSomethingToFill) {
  Contract contract = sample_contract();
  contract.row.state = State::filling;
  contract.row.ordering = Ordering::sequential;
  EXPECT_EQ(asked(contract), std::vector<std::size_t>{1});
  EXPECT_FALSE(in_turn(contract, contract.parties[0]));
  contract.parties[1].state = PartyState::filled;
  EXPECT_TRUE(asked(contract).empty());
}

TEST(Order, LetsAPartyFillInWhatIsOptionalMeanwhile) {
  Contract contract = sample_contract();
  contract.row.state = State::filling;
  contract.content.controls.push_back(sample_control("note", "company", ControlKind::text));
  contract.content.controls.back().required = false;
  EXPECT_TRUE(in_turn(contract, contract.parties[0]));
  EXPECT_EQ(asked(contract), std::vector<std::size_t>{1});
}

}  // namespace
}  // namespace cinnabar::contract
