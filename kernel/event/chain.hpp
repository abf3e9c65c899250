// Reading chains of events, and checking that they are intact: every hash is that of its bytes and
// its predecessor, nothing is missing, and the columns say what the bytes say. Reads only; any
// thread.
#pragma once

#include "kernel/db/db.hpp"

#include <cinnabar/services/kernel.hpp>

namespace cinnabar::kernel {

// The events of an aggregate after the chain index `after`, at most `limit`.
Chain read_chain(const Db& db, const std::string& aggregate, std::int64_t after, int limit);

struct ChainFault {
  std::string aggregate;
  std::int64_t chain_index = 0;
  std::string reason;
};

// Checks every chain of the installation, page by page.
std::vector<ChainFault> check_all_chains(const Db& db);

}  // namespace cinnabar::kernel
