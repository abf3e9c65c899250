// What scripts order at a contract's hook points, carried out and put into the contract's chain:
// the one command is "notify". Any thread.
#pragma once

#include "act.hpp"
#include "hooks.hpp"

namespace cinnabar::contract {

// The arguments of "notify". A script tells only its own side: nobody gets texts from a stranger's.
struct HookNotify {
  std::string to;
  std::string title;
  std::string text;
};
CINNABAR_DESCRIBE(HookNotify,
                  (to, required, length(1, 64),
                   doc("initiator, or the id of a party of the script's own side")),
                  (title, required, length(1, 100), format("line")),
                  (text, required, length(1, 500)))

// Adds to the act what was ordered. Throws contract.hook_order_invalid.
void carry_out(const Host& host, const Call& call, const std::vector<HookOrder>& orders, Act& act);

// After a notice, where nobody is left to be told of a fault: it is logged and the rest is done.
WriteSet carried_out(const Host& host, const Call& call, const Contract& contract,
                     const std::vector<HookOrder>& orders);

}  // namespace cinnabar::contract
