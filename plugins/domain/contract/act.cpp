#include "act.hpp"

#include "digest.hpp"
#include "order.hpp"

#include <cinnabar/services/organisation.hpp>

#include <algorithm>

namespace cinnabar::contract {
namespace {

constexpr std::size_t kSaltSize = 16;
constexpr std::size_t kUserAgentMax = 200;  // bytes; longer ones carry no more meaning

}  // namespace

Actor actor_of(const Request& request) {
  std::string agent;
  for (const char c : request.http.user_agent)
    if (c >= 0x20 && c < 0x7f && agent.size() < kUserAgentMax) agent += c;
  return {request.subject().person, request.http.address, std::move(agent)};
}

Act::Act(const Host& host, const Call& call, const Contract& before, Actor actor)
    : contract(before),
      host_(host),
      call_(call),
      store_(host, call, before.row.owner),
      version_(before.row.version),
      actor_(std::move(actor)),
      now_(host.now()) {}

PartyRow& Act::party(const std::string& id) {
  for (PartyRow& party : contract.parties)
    if (party.id == id) return party;
  throw failure("no party " + id);
}

void Act::event(const std::string& type, Json data) {
  data.set("version", contract.row.version).set("state", name_of(contract.row.state));
  if (!actor_.address.empty() || !actor_.user_agent.empty()) {
    if (trace_.empty()) {
      trace_ = host_.new_id("trc");
      trace_salt_ = to_hex(host_.random(kSaltSize));
      store_.insert(writes, kTraces,
                    TraceRow{trace_, contract.row.owner, contract.row.id, actor_.address,
                             actor_.user_agent, trace_salt_, actor_.person});
    }
    data.set("trace", trace_);
    data.set("address", commitment(trace_salt_, actor_.address));
    data.set("user_agent", commitment(trace_salt_, actor_.user_agent));
  }
  writes.events.push_back(
      {type, contract.row.id, contract.row.owner, actor_.person, std::move(data)});
}

void Act::save(const PartyRow& party) {
  store_.update(writes, kParties, party, "contract = ? AND id = ?", {party.contract, party.id});
}

void Act::move(const Transition& transition) {
  contract.row.state = transition.to;
  contract.row.version = version_ + 1;
  contract.row.updated = now_;
  if (transition.effects & kEnd) contract.row.ended = now_;
  store_.update(writes, kContracts, contract.row, "id = ? AND version = ?",
                {contract.row.id, version_});
  if (transition.effects & kEnd)
    store_.remove(writes, kChallenges, "contract = ?", {contract.row.id});
  write_list();
}

void Act::write_all(bool replacing) {
  const std::string& id = contract.row.id;
  if (replacing) {
    contract.row.version = version_ + 1;
    contract.row.updated = now_;
    store_.update(writes, kContracts, contract.row, "id = ? AND version = ?", {id, version_});
    store_.remove(writes, kContents, "contract = ?", {id});
    store_.remove(writes, kParties, "contract = ?", {id});
  } else {
    store_.insert(writes, kContracts, contract.row);
  }
  store_.insert(writes, kContents, contract.content);
  for (const PartyRow& party : contract.parties) store_.insert(writes, kParties, party);
  write_list();
}

void Act::erase() {
  const std::string& id = contract.row.id;
  store_.remove(writes, kContracts, "id = ? AND version = ?", {id, version_}, 1);
  store_.remove(writes, kContents, "contract = ?", {id});
  store_.remove(writes, kParties, "contract = ?", {id});
  store_.remove(writes, kTraces, "contract = ?", {id});
  writes.run("DELETE FROM contract_list WHERE contract = ?", {id});
  writes.run("DELETE FROM contract_handler WHERE contract = ?", {id});
  writes.grants.push_back({id, contract.row.owner, "", contract.row.owner});
}

void Act::open_to(const std::string& grantee, const std::string& role,
                  const std::string& handler) {
  const ContractRow& row = contract.row;
  if (grantee == handler) {
    writes.grants.push_back({row.id, grantee, role, row.owner});
    return;
  }
  const std::string department =
      host_.service<Organisation>(call_).membership({grantee, handler}).department;
  writes.grants.push_back({row.id, grantee, role, row.owner, handler, department});
  // The same person may handle it as its initiator and as a party's.
  writes.run("REPLACE INTO contract_handler (owner, contract, handler, department) "
             "VALUES (?, ?, ?, ?)",
             {grantee, row.id, handler, department});
}

std::vector<std::string> Act::grantees() const {
  std::vector<std::string> out{contract.row.owner};
  for (const PartyRow& party : contract.parties)
    if (!party.grantee().empty() && std::count(out.begin(), out.end(), party.grantee()) == 0)
      out.push_back(party.grantee());
  return out;
}

void Act::write_list() {
  const ContractRow& row = contract.row;
  writes.run("DELETE FROM contract_list WHERE contract = ?", {row.id});
  const auto turn = asked(contract);
  for (const std::string& grantee : grantees()) {
    if (row.state == State::draft && grantee != row.owner) continue;
    const bool waits = std::any_of(turn.begin(), turn.end(), [&](std::size_t i) {
      return contract.parties[i].grantee() == grantee;
    });
    store_.insert(writes, kList,
                  ListRow{grantee, row.id, row.name, row.state,
                          grantee == row.owner ? "owner" : "party", waits, row.created, row.updated,
                          row.deadline});
  }
}

WriteSet reading_event(const Host& host, const Call& call, const Contract& contract,
                       const Actor& actor, const std::string& type, Json data) {
  Act act(host, call, contract, actor);
  act.event(type, std::move(data));
  return std::move(act.writes);
}

}  // namespace cinnabar::contract
