// Revoking the certificates of a seal that was disabled: jobs, asked for in the commit that
// disables it and tried again until the authority has done it. Functions of one call.
#pragma once

#include "credentials.hpp"

#include <cinnabar/services/domain.hpp>

namespace cinnabar {

inline constexpr const char* kRevokeJob = "revoke";

// Takes the credential of a seal that is being disabled out of use, unless another enabled
// signature of the person needs it.
void retire_credential(const Host& host, const Call& owner_call, const SealRow& seal,
                       WriteSet& writes);

// The job. Throws what the authority says.
WriteSet revoke_certificate(const Host& host, const JobCall& job, const Call& call);

}  // namespace cinnabar
