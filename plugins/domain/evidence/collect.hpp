// Collecting what is known of a contract from the parts that know it. Reads only; any thread.
#pragma once

#include "evidence.hpp"
#include "rows.hpp"

#include <cinnabar/domain_plugin.hpp>

namespace cinnabar::evidence {

struct Collected {
  Evidence evidence;                // as the tenant may see it
  std::vector<std::string> events;  // ids of its acts, in order
};

// `tenant`: who asks. Throws what the contract throws.
Collected collect(const Host& host, const Call& call, const ObjectInfo& contract,
                  const std::string& tenant);
// For who takes the documents out with it: throws what the gate contract.before_download throws.
Collected collect_for(const Host& host, const Call& call, const ObjectInfo& contract,
                      const SubjectInfo& subject);

// Proofs of the events. An event that was committed a moment ago may not be in the log yet: waits a
// little for it, then throws log.behind.
LogProof prove(const Host& host, const Call& call, const std::vector<std::string>& events);

// Each certificate once, by its SHA-256 in hex.
std::map<std::string, Bytes> certificates_of(const Evidence& evidence);

// That the evidence was taken out, as an act of the contract's chain.
WriteSet reading_event(const Host& host, const Request& request, const std::string& type,
                       Json data);

}  // namespace cinnabar::evidence
