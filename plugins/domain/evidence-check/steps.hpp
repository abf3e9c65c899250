// The steps of checking, in their order; each reports into Findings. What they share is the opened
// bundle. Pure, except that documents are given to the verifier.
#pragma once

#include "check.hpp"

#include <cinnabar/digest_state.hpp>

namespace cinnabar::evidence {

struct Bundle {
  std::map<std::string, std::string_view> parts;
  BundleManifest manifest;
  Evidence evidence;
  BundleProofs proofs;

  std::string_view part(const std::string& name) const {
    const auto found = parts.find(name);
    return found == parts.end() ? std::string_view() : found->second;
  }
};

// Opens the container and compares it with its manifest. False: what is inside cannot be looked at.
bool open_bundle(std::string_view file, Bundle& bundle, Findings& findings);

// The manifest's signature, its timestamp and its signer. `anchors`: trusted roots, may be empty.
void check_signature(const Bundle& bundle, const std::vector<std::string>& anchors,
                     Findings& findings);
void check_chain(const Bundle& bundle, Findings& findings);
void check_commitments(const Bundle& bundle, Findings& findings);
// That each signature was proved by an authentication of its own.
void check_authentication(const Bundle& bundle, Findings& findings);
// That each version is the beginning of the document, and each act says what became of it.
void check_versions(const Bundle& bundle, Findings& findings);
void check_documents(const Bundle& bundle, const CheckOptions& options,
                     const VerifyDocument& verify, Findings& findings);
void check_log(const Bundle& bundle, const std::optional<log::VerifierKey>& known,
               Findings& findings);
void check_certificates(const Bundle& bundle, const std::vector<std::string>& anchors,
                        Findings& findings);

// "3 contract.signed".
inline std::string name_of(const EvidenceAct& act) {
  return std::to_string(act.index) + " " + act.type;
}

inline std::string hex_sha256(std::string_view bytes) { return to_hex(sha256(bytes)); }

}  // namespace cinnabar::evidence
