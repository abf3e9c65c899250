// What contracts keep of a person, for the person; and taking it away once they have ended. The
// signed documents and the certificates in them stay: they prove the contract to the other parties.
// Stateless; any thread.
#pragma once

#include "model.hpp"

#include <cinnabar/services/data_subject.hpp>

namespace cinnabar::contract {

Json own_data(const Host& host, const Call& call, const std::string& person);
Erasure erase_person(const Host& host, const Call& call, const std::string& person);

}  // namespace cinnabar::contract
