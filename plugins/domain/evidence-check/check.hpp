// Checking an evidence bundle: nothing is believed that can be computed. Needs no network and no
// files; documents are judged by the verifier that is given. Any thread.
#pragma once

#include "finding.hpp"

#include <cinnabar/services/document_verifier.hpp>

namespace cinnabar::evidence {

struct CheckOptions {
  std::vector<std::string> anchors;          // DER of trusted roots; empty: trust is not judged
  std::optional<log::VerifierKey> log_key;  // that is known from elsewhere
};

using VerifyDocument = std::function<VerifyReport(const VerifyRequest&)>;

// `file` is the whole bundle, borrowed. Throws only what `verify` throws.
CheckReport check_bundle(std::string_view file, const CheckOptions& options,
                         const VerifyDocument& verify);

}  // namespace cinnabar::evidence
