// Viewing: that somebody saw a contract, or pages of its documents, as acts of its chain (SIG-20).
// Who reads on is not noted again: one act an hour for each person, version and kind of view, so
// that reading does not flood the chain. Any thread.
#pragma once

#include "office.hpp"

namespace cinnabar::contract {

enum class Viewed { contract, document };
CINNABAR_ENUM(Viewed, contract, document)

// Empty when it is noted already, or when the contract is a draft. `documents` as they are now.
WriteSet note_view(const Office& office, const Request& request, const Contract& contract,
                   Viewed what, const std::vector<DocumentRow>& documents);

// What is seen of the documents, for events: number and hex SHA-256 of each.
Json document_digests(const std::vector<DocumentRow>& documents);

}  // namespace cinnabar::contract
