// The evidence bundle: everything that proves what happened to a contract, in one file
// (SIG-24; <cinnabar/evidence/evidence.hpp> says what is in it). Any thread.
#pragma once

#include "archive.hpp"
#include "collect.hpp"
#include "credential.hpp"

namespace cinnabar::evidence {

// Becomes the content of the answer. `report`: the signature report, if there is one. Returns the
// SHA-256 (hex) of its manifest, which names every part of it by SHA-256.
std::string make_bundle(const Host& host, const Call& call, OwnCredential& credential,
                        const Collected& collected, const std::optional<ReportRow>& report,
                        FileAnswer& answer);

}  // namespace cinnabar::evidence
