// How an enterprise's application goes (IDN-20 to IDN-24): what may be done at which stage, and
// where it leads. The whole of it is the table in machine.cpp. Pure; any thread.
#pragma once

#include <cinnabar/describe.hpp>

namespace cinnabar {

// filling: fields are given and looked up. inclusion: the register does not know it, proof is
// asked for. authorising: somebody has to show that they may speak for it. paying: an amount is on
// its way.
enum class Stage {
  filling,
  inclusion,
  inclusion_review,
  authorising,
  letter_review,
  paying,
  verified
};
CINNABAR_ENUM(Stage, filling, inclusion, inclusion_review, authorising, letter_review, paying,
              verified)

enum class Step {
  look_up_known,    // the register knows it
  look_up_unknown,  // it does not
  prove,            // files for the inclusion
  approve,          // an operator, of what is under review
  approve_other,    // the same, of an organisation that takes no payment
  reject,
  face,    // the applicant is the legal representative
  accept,  // the legal representative, by invitation
  letter,  // a stamped letter
  paid,    // the amount was named
  give_up  // no payment is left: another way has to be taken
};
CINNABAR_ENUM(Step, look_up_known, look_up_unknown, prove, approve, approve_other, reject, face,
              accept, letter, paid, give_up)

// Where the step leads. Throws "verification.stage_unfit".
Stage next_stage(Stage from, Step step);
bool may_step(Stage from, Step step);

// Government bodies, institutions and other organisations are authorised by a letter alone.
enum class EntityKind { enterprise, sole_trader, government, other };
CINNABAR_ENUM(EntityKind, enterprise, sole_trader, government, other)

inline bool by_letter_only(EntityKind kind) {
  return kind == EntityKind::government || kind == EntityKind::other;
}

}  // namespace cinnabar
