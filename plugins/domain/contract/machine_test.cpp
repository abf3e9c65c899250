// The machine of a contract, walked whole: every state with every command and every circumstance.
#include "machine.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>

namespace cinnabar::contract {
namespace {

constexpr State kStates[] = {State::draft,    State::filling,  State::signing, State::completed,
                             State::rejected, State::revoked, State::expired};
constexpr Command kCommands[] = {Command::replace, Command::discard, Command::send,
                                 Command::fill,    Command::sign,    Command::refuse,
                                 Command::revoke,  Command::expire,  Command::archive};

Facts facts_from(unsigned bits) {
  Facts facts;
  facts.owner = bits & 1;
  facts.party = bits & 2;
  facts.in_turn = bits & 4;
  facts.overdue = bits & 8;
  facts.values_missing = bits & 16;
  facts.signatures_missing = bits & 32;
  return facts;
}

// What the specification says may happen, apart from who and when.
const std::map<State, std::set<Command>>& accepted() {
  static const std::map<State, std::set<Command>> kAccepted{
      {State::draft, {Command::replace, Command::discard, Command::send}},
      {State::filling, {Command::fill, Command::refuse, Command::revoke, Command::expire}},
      {State::signing, {Command::sign, Command::refuse, Command::revoke, Command::expire}},
      {State::completed, {Command::archive}},
  };
  return kAccepted;
}

TEST(Machine, TakesExactlyTheCommandsOfEachState) {
  for (const State state : kStates) {
    for (const Command command : kCommands) {
      bool taken = false;
      for (unsigned bits = 0; bits < 64; ++bits)
        taken = taken || allowed(state, command, facts_from(bits));
      const auto known = accepted().find(state);
      const bool expected = known != accepted().end() && known->second.count(command) > 0;
      EXPECT_EQ(taken, expected) << name_of(state) << " " << name_of(command);
    }
  }
}

TEST(Machine, SaysTheSameInStepAndAllowed) {
  for (const State state : kStates)
    for (const Command command : kCommands)
      for (unsigned bits = 0; bits < 64; ++bits) {
        bool stepped = true;
        try {
          step(state, command, facts_from(bits));
        } catch (const Error&) {
          stepped = false;
        }
        EXPECT_EQ(stepped, allowed(state, command, facts_from(bits)));
      }
}

TEST(Machine, LetsNothingHappenAtRestButArchiving) {
  for (const State state : {State::completed, State::rejected, State::revoked, State::expired}) {
    EXPECT_TRUE(at_rest(state));
    for (const Transition& row : machine()) {
      if (row.command == Command::archive)
        EXPECT_EQ(row.to, row.from);
      else
        EXPECT_NE(row.from, state);
    }
  }
}

TEST(Machine, EndsWhateverIsNotOpenAnyMore) {
  for (const Transition& row : machine()) {
    const bool ends = row.to != State::draft && at_rest(row.to) && row.from != row.to;
    EXPECT_EQ((row.effects & kEnd) != 0, ends) << row.event;
  }
}

TEST(Machine, FreezesExactlyWhenSigningBegins) {
  for (const Transition& row : machine())
    EXPECT_EQ((row.effects & kFreeze) != 0,
              row.from != State::signing && row.to == State::signing)
        << row.event;
}

TEST(Machine, LetsOnlyTheClockExpireAndOnlyWhenDue) {
  Facts everybody = facts_from(1 | 2 | 4);
  EXPECT_FALSE(allowed(State::signing, Command::expire, everybody));
  everybody.overdue = true;
  EXPECT_TRUE(allowed(State::signing, Command::expire, everybody));
}

std::string code_of(State state, Command command, const Facts& facts) {
  try {
    step(state, command, facts);
  } catch (const Error& error) {
    return error.code();
  }
  return "";
}

TEST(Machine, NamesWhyACommandIsRefused) {
  Facts party = facts_from(2);
  EXPECT_EQ(code_of(State::signing, Command::sign, Facts{}), "contract.not_party");
  EXPECT_EQ(code_of(State::signing, Command::sign, party), "contract.not_your_turn");
  party.in_turn = true;
  EXPECT_EQ(code_of(State::signing, Command::sign, party), "");
  party.overdue = true;
  EXPECT_EQ(code_of(State::signing, Command::sign, party), "contract.overdue");
  EXPECT_EQ(code_of(State::signing, Command::revoke, party), "contract.not_initiator");
  EXPECT_EQ(code_of(State::completed, Command::sign, party), "contract.state_unfit");
  EXPECT_EQ(code_of(State::signing, Command::expire, Facts{}), "contract.not_due");
}

TEST(Machine, CompletesWithTheLastSignature) {
  Facts facts = facts_from(2 | 4);
  EXPECT_EQ(step(State::signing, Command::sign, facts).to, State::completed);
  facts.signatures_missing = true;
  EXPECT_EQ(step(State::signing, Command::sign, facts).to, State::signing);
}

TEST(PartyMachine, EndsWithSigningOrRefusing) {
  EXPECT_EQ(party_step(PartyState::waiting, Command::fill), PartyState::filled);
  EXPECT_EQ(party_step(PartyState::waiting, Command::sign), PartyState::signed_);
  EXPECT_EQ(party_step(PartyState::filled, Command::sign), PartyState::signed_);
  for (const PartyState state : {PartyState::signed_, PartyState::refused})
    for (const Command command : {Command::fill, Command::sign, Command::refuse}) {
      try {
        party_step(state, command);
        FAIL() << name_of(state) << " " << name_of(command);
      } catch (const Error& error) {
        EXPECT_EQ(error.code(), "contract.already_" + std::string(name_of(state)));
      }
    }
}

}  // namespace
}  // namespace cinnabar::contract
