// What is kept of a person here, for the person; and taking it away. Stateless; any thread.
#pragma once

#include "enterprises.hpp"

#include <cinnabar/services/data_subject.hpp>

namespace cinnabar {

Json own_data(const Host& host, const Call& call, const std::string& person);

// Not while the person belongs to an enterprise.
Erasure erase_person(const Host& host, const Call& call, const std::string& person);

}  // namespace cinnabar
