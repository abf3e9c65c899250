// Preflight: before a contract goes out, everything that could fail later is tried, and each fault
// is named with where and what to do. Any thread.
#pragma once

#include "freeze.hpp"

namespace cinnabar::contract {

struct Preflight {
  std::vector<Error> faults;
  WriteSet writes;   // makes people who are not known yet
  SealSizes sizes;   // of the page seals
};

// Resolves the parties of the contract (their persons and enterprises) and checks everything that
// needs no document. `owner_call` is that of the contract's owner.
Preflight preflight(const Host& host, const Call& owner_call, Contract& contract);

// Whether a timestamp is to be had now; what freezing would find out, where nothing is frozen yet.
void check_timestamps(const Host& host, const Call& owner_call, const Config& config);

}  // namespace cinnabar::contract
