// Who of people and enterprises was verified, asked of those who know; where nobody does, nobody
// is. Stateless; any thread.
#pragma once

#include <cinnabar/host.hpp>
#include <cinnabar/services/organisation.hpp>

namespace cinnabar {

void mark_verified(const Host& host, const Call& call, People& people);
void mark_verified(const Host& host, const Call& call, Enterprises& enterprises);

}  // namespace cinnabar
