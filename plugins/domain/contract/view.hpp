// Views: a contract as the API shows it to one subject. Building is pure; any thread.
#pragma once

#include "office.hpp"

#include <cinnabar/services/domain.hpp>

namespace cinnabar::contract {

struct PartyView {
  std::string id;
  PartyKind kind = PartyKind::person;
  std::string name;
  std::string mobile;
  std::string enterprise_name;
  int position = 1;
  std::vector<std::string> auth_methods;
  PartyState state = PartyState::waiting;
  bool turn = false;
  bool me = false;
  std::optional<Time> viewed_at;
  std::optional<Time> filled_at;
  std::optional<Time> signed_at;
};
CINNABAR_DESCRIBE(PartyView, id, kind, (name, personal),
                  (mobile, personal, doc("Masked for all but the initiator and the party.")),
                  enterprise_name, position, auth_methods, state,
                  (turn, doc("The contract waits for this party.")),
                  (me, doc("The party that the caller acts as.")), viewed_at, filled_at, signed_at)

struct DocumentView {
  int number = 1;
  std::string file;
  std::string name;
  int pages = 0;
  std::int64_t size = 0;
  std::string sha256;
};
CINNABAR_DESCRIBE(DocumentView, number, file, name, pages, size,
                  (sha256, doc("Hex, of the document as it is now.")))

struct TimelineEntry {
  Time at;
  std::string type;
  std::string party;
  std::string name;
};
CINNABAR_DESCRIBE(TimelineEntry, at, type, party, (name, personal, doc("Who acted.")))

struct ContractView {
  std::string id;
  std::string name;
  State state = State::draft;
  std::int64_t version = 0;
  Ordering order = Ordering::unordered;
  std::string owner;
  std::string initiator;
  Time created;
  Time updated;
  std::optional<Time> sent;
  std::optional<Time> ended;
  Time deadline;
  std::string reason;
  std::string watermark;
  std::string shown_digest;
  std::string level;
  std::vector<DocumentView> documents;
  std::vector<PartyView> parties;
  std::vector<Control> controls;
  std::vector<std::string> turn;
  std::vector<std::string> actions;
  Json data;
  std::vector<TimelineEntry> timeline;
};
CINNABAR_DESCRIBE(
    ContractView, id, name, state, (version, doc("Rises with every act.")), order, owner, initiator,
    created, updated, sent, ended, deadline, (reason, doc("Why it was refused or revoked.")),
    watermark, (shown_digest, doc("What a signer confirms: hex SHA-256 of the one document, or of "
                                  "the digests of several in order. Empty before freezing.")),
    (level, doc("PAdES baseline level of its signatures: decided when it is frozen, before that as "
                "it is configured.")),
    documents, parties, (controls, items(0, kControlsMax)),
    (turn, doc("Ids of the parties that are asked now.")),
    (actions, doc("What the caller may do: replace, discard, send, fill, sign, refuse, revoke.")),
    (data, doc("Custom data; shown to the owner only.")), timeline)

// `files` in the order of the contract's; `documents` empty before freezing.
ContractView view_of(const Contract& contract, const std::vector<FileRow>& files,
                     const std::vector<DocumentRow>& documents, const SubjectInfo& subject,
                     Time now);

std::vector<TimelineEntry> timeline_of(const Contract& contract,
                                       const std::vector<StoredEvent>& events);

// An answer with the contract as it is after an act; reads what the view needs besides.
Answer<ContractView> answer_of(const Office& office, const Request& request,
                               const Contract& contract, WriteSet writes,
                               const std::vector<DocumentRow>& documents);

}  // namespace cinnabar::contract
