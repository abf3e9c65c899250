// Act: one act on a contract being turned into a write-set: the new version, its events, what each
// party's list shows. Made and used within one request, by one thread.
#pragma once

#include "machine.hpp"

#include <cinnabar/domain_plugin.hpp>

namespace cinnabar::contract {

// Who acts, from where.
struct Actor {
  std::string person;  // empty: the system
  std::string address;
  std::string user_agent;
};
Actor actor_of(const Request& request);

class Act {
 public:
  // Works on a copy of the contract; `contract` is how it will be.
  Act(const Host& host, const Call& call, const Contract& before, Actor actor);

  Contract contract;
  WriteSet writes;

  Time now() const { return now_; }
  PartyRow& party(const std::string& id);

  // An event of the contract's chain. Ids and digests only: what is personal enters it as a
  // commitment.
  void event(const std::string& type, Json data = Json::object());
  // Writes a party's changed row.
  void save(const PartyRow& party);
  // Ends the act: moves the contract along the row of the machine, raises its version, and refuses
  // with a conflict if somebody was faster.
  void move(const Transition& transition);
  // Writes the rows of a new contract or of one whose draft is replaced.
  void write_all(bool replacing);
  // Deletes all rows of a draft.
  void erase();
  // What the grantees' lists show.
  void write_list();

  // Opens the contract to a tenant, as "owner" or "party"; of an enterprise it is `handler` who
  // handles it there.
  void open_to(const std::string& grantee, const std::string& role, const std::string& handler);

  // Ids of the tenants to which the contract is open: the owner first, then its parties'.
  std::vector<std::string> grantees() const;

 private:
  const Host& host_;
  const Call& call_;
  Store store_;
  std::int64_t version_;
  Actor actor_;
  Time now_;
  std::string trace_;  // id of the act's trace row, made with its first event
  std::string trace_salt_;
};

// An event of reading (viewed, downloaded), which changes nothing else.
WriteSet reading_event(const Host& host, const Call& call, const Contract& contract,
                       const Actor& actor, const std::string& type, Json data);

}  // namespace cinnabar::contract
