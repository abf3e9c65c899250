#include "view.hpp"

#include "controls.hpp"

namespace cinnabar::contract {
namespace {

constexpr Command kOfferable[] = {Command::replace, Command::discard, Command::send, Command::fill,
                                  Command::sign,    Command::refuse,  Command::revoke};

bool party_can(const PartyRow* me, Command command) {
  if (command != Command::fill && command != Command::sign && command != Command::refuse)
    return true;
  try {
    return me && (party_step(me->state, command), true);
  } catch (const Error&) {
    return false;
  }
}

std::vector<std::string> actions_of(const Contract& contract, const SubjectInfo& subject,
                                    const PartyRow* me, Time now) {
  Facts facts = facts_of(contract, subject, now);
  for (const PartyRow& party : contract.parties)
    facts.values_missing = facts.values_missing || has_to_fill(contract, party);
  std::vector<std::string> out;
  for (const Command command : kOfferable)
    if (allowed(contract.row.state, command, facts) && party_can(me, command))
      out.emplace_back(name_of(command));
  return out;
}

PartyView party_view(const Contract& contract, const PartyRow& party, bool owner, bool me) {
  PartyView view;
  view.id = party.id;
  view.kind = party.kind;
  view.name = party.name;
  view.mobile = owner || me ? party.mobile : masked_mobile(party.mobile);
  view.enterprise_name = party.enterprise_name;
  view.position = party.position;
  view.auth_methods = party.auth_methods;
  view.state = party.state;
  view.turn = false;
  for (const std::size_t i : asked(contract))
    view.turn = view.turn || contract.parties[i].id == party.id;
  view.me = me;
  view.viewed_at = party.viewed;
  view.filled_at = party.filled_at;
  view.signed_at = party.signed_at;
  return view;
}

// Of the first document: all are frozen at once. Its row holds more than is needed here.
std::string level_of(const Host& host, const Call& call, const std::string& contract) {
  const Rows rows = host.query(
      call, "SELECT level FROM contract_frozen WHERE contract = ? AND number = 1", {contract});
  return rows.rows.empty() ? std::string() : rows.rows[0][0].text();
}

// A value that a party has not handed in yet is its own.
Control control_view(const Contract& contract, const Control& control, const PartyRow* me) {
  Control view = control;
  view.value = value_for(contract, control, me);
  return view;
}

}  // namespace

ContractView view_of(const Contract& contract, const std::vector<FileRow>& files,
                     const std::vector<DocumentRow>& documents, const SubjectInfo& subject,
                     Time now) {
  const ContractRow& row = contract.row;
  const bool owner = subject.owner() == row.owner;
  const PartyRow* me = party_of(contract, subject);
  ContractView view;
  view.id = row.id;
  view.name = row.name;
  view.state = row.state;
  view.version = row.version;
  view.order = row.ordering;
  view.owner = row.owner;
  view.initiator = row.initiator;
  view.created = row.created;
  view.updated = row.updated;
  view.sent = row.sent;
  view.ended = row.ended;
  view.deadline = row.deadline;
  view.reason = row.reason;
  view.watermark = contract.content.watermark;
  view.shown_digest = shown_digest(documents);
  for (const DocumentRow& d : documents)
    view.documents.push_back({d.number, d.file, d.name, d.pages, d.size, d.digest});
  if (documents.empty())
    for (const FileRow& f : files)
      view.documents.push_back({static_cast<int>(view.documents.size()) + 1, f.id, f.name,
                                static_cast<int>(f.pages.size()), f.size,
                                f.content.substr(f.content.find(':') + 1)});
  for (const PartyRow& party : contract.parties)
    view.parties.push_back(party_view(contract, party, owner, me && me->id == party.id));
  for (const Control& control : contract.content.controls)
    view.controls.push_back(control_view(contract, control, me));
  for (const std::size_t i : asked(contract)) view.turn.push_back(contract.parties[i].id);
  view.actions = actions_of(contract, subject, me, now);
  if (owner) view.data = contract.content.data;
  return view;
}

std::vector<TimelineEntry> timeline_of(const Contract& contract,
                                       const std::vector<StoredEvent>& events) {
  std::vector<TimelineEntry> out;
  for (const StoredEvent& event : events) {
    TimelineEntry entry{event.at, event.type, event.data["party"].text(), ""};
    for (const PartyRow& party : contract.parties)
      if (!event.actor.empty() && party.person == event.actor) entry.name = party.name;
    out.push_back(std::move(entry));
  }
  return out;
}

Answer<ContractView> answer_of(const Office& office, const Request& request,
                               const Contract& contract, WriteSet writes,
                               const std::vector<DocumentRow>& documents) {
  const Repository repository(office.host, request.call, contract.row.owner);
  std::vector<FileRow> files;
  if (documents.empty()) files = repository.files(contract.content.files);
  Answer<ContractView> answer;
  answer.body = view_of(contract, files, documents, request.subject(), office.host.now());
  answer.body.level = documents.empty()
                          ? office.config.signature_level
                          : level_of(office.host, request.call, contract.row.id);
  answer.etag = std::to_string(contract.row.version);
  answer.writes = std::move(writes);
  return answer;
}

}  // namespace cinnabar::contract
