// What the signature report says, in both languages (SIG-22). Pure; any thread.
#pragma once

#include "certificates.hpp"

#include <cinnabar/services/document_engine.hpp>

namespace cinnabar::evidence {

// `evidence` as everybody may see it: mobile numbers masked. The fields are left empty.
ReportRequest report_of(const Evidence& evidence, const LogProof& proof,
                        std::int64_t time_zone_minutes);

}  // namespace cinnabar::evidence
