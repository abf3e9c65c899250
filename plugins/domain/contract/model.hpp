// The rows of a contract, as stored. Owned by this plugin; values, any thread.
#pragma once

#include "config.hpp"

#include <cinnabar/platform_credential.hpp>
#include <cinnabar/services/trust.hpp>
#include <cinnabar/store.hpp>

namespace cinnabar::contract {

// A contract is frozen in the same commit that ends filling: there is no state in between.
enum class State { draft, filling, signing, completed, rejected, revoked, expired };
CINNABAR_ENUM(State, draft, filling, signing, completed, rejected, revoked, expired)

enum class PartyState { waiting, filled, signed_, refused };
CINNABAR_ENUM(PartyState, waiting, filled, signed_, refused)

enum class Ordering { unordered, sequential };
CINNABAR_ENUM(Ordering, unordered, sequential)

enum class PartyKind { enterprise, person };
CINNABAR_ENUM(PartyKind, enterprise, person)

enum class ControlKind {
  text,
  date,
  checkbox,
  enterprise_seal,
  personal_signature,
  page_seal,
  sign_date
};
CINNABAR_ENUM(ControlKind, text, date, checkbox, enterprise_seal, personal_signature, page_seal,
              sign_date)

// A place on a page that a party fills in or signs.
struct Control {
  std::string id;
  std::string party;
  std::string file;
  ControlKind kind = ControlKind::text;
  int page = 0;
  std::optional<PageRect> rect;
  std::string label;
  bool required = true;
  Json value;
  bool multi_line = false;
  std::int64_t font_size = 0;
};
CINNABAR_DESCRIBE(
    Control, (id, required, length(1, 64), format("id"), doc("Unique within the contract.")),
    (party, length(0, 64), format("id"),
     doc("Id of the party; empty: the initiator, whose value the draft brings along.")),
    (file, length(0, 64), format("id"), doc("The file it stands on; empty: the first.")),
    (kind, required),
    (page, range(0, 10'000), doc("From 1. A page seal runs over all pages and names none.")),
    (rect, doc("1/1000 point from the top left of the page as displayed; for signing areas the "
               "largest seal allowed. Of a page seal only the middle of its height counts.")),
    (label, length(0, 100), format("line")),
    (required, doc("Must be filled before signing begins.")),
    (value, doc("Text, YYYY-MM-DD or a boolean, as the kind asks.")), multi_line,
    (font_size, range(0, 72'000), doc("1/1000 point; 0: 10.5 points.")))

struct FileRow {
  std::string id;
  std::string owner;
  std::string name;
  std::string content;  // blob id "sha256:..."
  std::int64_t size = 0;
  std::string pdf_version;
  std::vector<PageSize> pages;
  Time created;
  std::string uploader;    // person
  std::string department;  // of the owning enterprise, that the file counts to
};
CINNABAR_DESCRIBE(FileRow, id, owner, name, content, size, pdf_version, (pages, items(0, 10'000)),
                  created, uploader, department)

struct ContractRow {
  std::string id;
  std::string owner;
  std::int64_t version = 1;
  State state = State::draft;
  std::string name;
  Ordering ordering = Ordering::unordered;
  std::string initiator;  // person
  Time created;
  Time updated;
  std::optional<Time> sent;
  std::optional<Time> ended;
  Time deadline;
  std::string reason;  // why it was refused or revoked
  std::string salt;    // of the commitments in its events
};
CINNABAR_DESCRIBE(ContractRow, id, owner, version, state, name, ordering, initiator, created,
                  updated, sent, ended, deadline, reason, salt)

struct ContentRow {
  std::string contract;
  std::string owner;
  std::vector<std::string> files;
  std::vector<Control> controls;
  std::string watermark;
  Json data;
};
CINNABAR_DESCRIBE(ContentRow, contract, owner, files, (controls, items(0, kControlsMax)), watermark,
                  data)

struct PartyRow {
  std::string contract;
  std::string id;
  std::string owner;
  int seat = 0;  // in the order of the draft
  PartyKind kind = PartyKind::person;
  std::string name;  // the person's, or of the enterprise's handler
  std::string mobile;
  std::string enterprise_name;
  int position = 1;
  std::vector<std::string> auth_methods;
  std::string person;      // resolved when sent
  std::string enterprise;  // resolved when sent
  PartyState state = PartyState::waiting;
  std::map<std::string, Json> answers;  // by control
  std::optional<Time> viewed;
  std::optional<Time> filled_at;
  std::optional<Time> signed_at;

  // The tenant that the contract is opened to.
  const std::string& grantee() const {
    return kind == PartyKind::enterprise ? enterprise : person;
  }
  // As it is named on paper.
  const std::string& title() const {
    return kind == PartyKind::enterprise ? enterprise_name : name;
  }
};
CINNABAR_DESCRIBE(PartyRow, contract, id, owner, seat, kind, name, mobile, enterprise_name,
                  position, auth_methods, person, enterprise, state, answers, viewed, filled_at,
                  signed_at)

// One incremental update.
struct Segment {
  std::string blob;
  std::int64_t size = 0;
};
CINNABAR_DESCRIBE(Segment, blob, size)

struct DocumentRow {
  std::string contract;
  int number = 1;
  std::string owner;
  std::string file;
  std::string name;
  int pages = 0;
  std::string base;  // blob id
  std::int64_t base_size = 0;
  std::int64_t size = 0;
  std::string digest;  // hex SHA-256 of all bytes so far
  DocumentState state;  // of the signature engine
  std::vector<Segment> segments;
};
CINNABAR_DESCRIBE(DocumentRow, contract, number, owner, file, name, pages, base, base_size, size,
                  digest, state, segments)

// A signature field made when freezing.
struct PlannedField {
  std::string name;
  std::string control;  // empty: the platform's certification
  std::string party;
  int page = 1;
  PageRect rect;
  bool visible = true;
  int slice_index = 0;
  int slice_count = 1;
  int slice_group = 0;
};
CINNABAR_DESCRIBE(PlannedField, name, control, party, page, rect, visible, slice_index, slice_count,
                  slice_group)

struct FrozenRow {
  std::string contract;
  int number = 1;
  std::string owner;
  std::string level;  // PAdES, of all its signatures
  FieldMap map;
  std::vector<PlannedField> fields;
};
CINNABAR_DESCRIBE(FrozenRow, contract, number, owner, level, map, (fields, items(0, 20'000)))

// The newest document timestamp of a document that is to stay provable. Times: real clock.
struct ArchiveRow {
  std::string contract;
  int number = 1;  // document
  std::string owner;
  Bytes token;
  std::string stamped;
  Time ends;  // of its certificate
  Time due;   // when it is to be renewed
  int renewals = 0;
  bool open = true;   // there is a field left for the next
  std::string fault;  // why the last attempt failed
};
CINNABAR_DESCRIBE(ArchiveRow, contract, number, owner, token, stamped, ends, due, renewals, open,
                  fault)

struct SignatureRow {
  std::string contract;
  int number = 1;   // document
  int segment = 0;  // index among its segments
  std::string owner;
  std::string party;  // empty: the platform
  std::string person;
  std::string enterprise;
  std::string signer_name;
  std::vector<std::string> seals;
  std::vector<std::string> fields;
  std::string method;
  Json evidence;
  std::string digest;   // over the signed ranges
  std::string stamped;  // time of the timestamp token
  std::string level;
  std::string archived;  // time of the document timestamp
  std::string serial;
  std::string certificate_sha256;
  std::vector<Bytes> chain;
  Time signed_at;
};
CINNABAR_DESCRIBE(SignatureRow, contract, number, segment, owner, party, person, enterprise,
                  signer_name, seals, (fields, items(0, 20'000)), method, evidence, digest, stamped,
                  level, archived, serial, certificate_sha256, chain, signed_at)

struct ChallengeRow {
  std::string id;
  std::string owner;
  std::string contract;
  std::string party;
  int ordinal = 1;  // among the party's
  std::string person;
  std::string method;
  std::string shown_digest;
  std::int64_t version = 0;
  Json secret;  // the method's state
  int tries_left = 0;
  bool used = false;
  Time created;
  Time expires;
};
CINNABAR_DESCRIBE(ChallengeRow, id, owner, contract, party, ordinal, person, method, shown_digest,
                  version, secret, tries_left, used, created, expires)

// A person's wrong answers to one method, over all contracts; of the installation. Real clock.
struct AttemptRow {
  std::string person;
  std::string method;
  int failures = 0;
  Time since;          // of the first of them
  Time blocked_until;  // zero: not blocked
  std::int64_t accepted = 0;  // right answers given while there were no wrong ones
  std::int64_t version = 1;   // raised by a failure and by clearing, not by `accepted`
};
CINNABAR_DESCRIBE(AttemptRow, person, method, failures, since, blocked_until, accepted, version)

struct TraceRow {
  std::string id;
  std::string owner;
  std::string contract;
  std::string address;
  std::string user_agent;
  std::string salt;  // empty: erased
  std::string person;
};
CINNABAR_DESCRIBE(TraceRow, id, owner, contract, address, user_agent, salt, person)

// That a person was seen viewing, the last time that it became an act; `at` by the business clock.
struct ViewRow {
  std::string contract;
  std::string person;
  std::string party;  // that the person acted as; empty: none
  std::string what;
  std::string owner;
  std::int64_t version = 0;
  Time at;
};
CINNABAR_DESCRIBE(ViewRow, contract, person, party, what, owner, version, at)

struct ListRow {
  std::string owner;  // the grantee
  std::string contract;
  std::string name;
  State state = State::draft;
  std::string relation;  // owner or party
  bool turn = false;     // it waits for the grantee
  Time created;
  Time updated;
  Time deadline;
};
CINNABAR_DESCRIBE(ListRow, owner, contract, name, state, relation, turn, created, updated, deadline)

// Who handles a contract for an enterprise, for its list; `owner` is the enterprise.
struct HandlerRow {
  std::string owner;
  std::string contract;
  std::string handler;
  std::string department;
};
CINNABAR_DESCRIBE(HandlerRow, owner, contract, handler, department)

inline constexpr Table<FileRow> kFiles{"contract_file"};
inline constexpr Table<ContractRow> kContracts{"contract_contract"};
inline constexpr Table<ContentRow> kContents{"contract_content"};
inline constexpr Table<PartyRow> kParties{"contract_party"};
inline constexpr Table<DocumentRow> kDocuments{"contract_document"};
inline constexpr Table<FrozenRow> kFrozen{"contract_frozen"};
inline constexpr Table<ArchiveRow> kArchives{"contract_archive"};
inline constexpr Table<SignatureRow> kSignatures{"contract_signature"};
inline constexpr Table<ChallengeRow> kChallenges{"contract_challenge"};
inline constexpr Table<AttemptRow> kAttempts{"contract_attempt", false};
inline constexpr Table<TraceRow> kTraces{"contract_trace"};
inline constexpr Table<ViewRow> kViews{"contract_view"};
inline constexpr Table<ListRow> kList{"contract_list"};
inline constexpr Table<HandlerRow> kHandlers{"contract_handler"};
inline constexpr PlatformCredentials kCredentials{"contract_credential", false};

// A contract as a whole.
struct Contract {
  ContractRow row;
  ContentRow content;
  std::vector<PartyRow> parties;

  const PartyRow* party(std::string_view id) const {
    for (const PartyRow& p : parties)
      if (p.id == id) return &p;
    return nullptr;
  }
  const Control* control(std::string_view id) const {
    for (const Control& c : content.controls)
      if (c.id == id) return &c;
    return nullptr;
  }
};

}  // namespace cinnabar::contract
