#include "own_data.hpp"

namespace cinnabar::contract {
namespace {

constexpr int kNamedMax = 20;  // unfinished contracts that a refusal names
constexpr int kListedMax = 10'000;

// Over all tenants: a person signs for several, and these are that person's own rows.
Rows contracts_of(const Host& host, const Call& call, const std::string& person,
                  const std::string& more, int limit) {
  return host.query(
      call,
      "SELECT c.id, c.name, c.state FROM contract_contract c WHERE (c.initiator = ? OR EXISTS "
      "(SELECT 1 FROM contract_party p WHERE p.contract = c.id AND p.person = ?))" +
          more + " ORDER BY c.id LIMIT " + std::to_string(limit),
      {person, person});
}

}  // namespace

Json own_data(const Host& host, const Call& call, const std::string& person) {
  Json contracts = Json::array();
  for (const auto& row : contracts_of(host, call, person, "", kListedMax).rows)
    contracts.add(
        Json::object().set("id", row[0]).set("name", row[1]).set("state", row[2]));
  Json traces = Json::array();
  for (const auto& row :
       host.query(call,
                  "SELECT contract, address, user_agent FROM contract_trace WHERE person = ? "
                  "ORDER BY id LIMIT " + std::to_string(kListedMax),
                  {person})
           .rows)
    traces.add(
        Json::object().set("contract", row[0]).set("address", row[1]).set("user_agent", row[2]));
  return Json::object().set("contracts", contracts).set("traces", traces);
}

Erasure erase_person(const Host& host, const Call& call, const std::string& person) {
  Erasure out;
  for (const auto& row :
       contracts_of(host, call, person, " AND c.state IN ('draft', 'filling', 'signing')",
                    kNamedMax).rows)
    out.because.push_back({"contract.unfinished", {{"contract", row[0].text()}}});
  if (!out.because.empty()) return out;
  out.writes.run("UPDATE contract_party SET name = ?, mobile = ? WHERE person = ?",
                 {"", "", person});
  out.writes.run("UPDATE contract_trace SET address = ?, user_agent = ?, salt = ? WHERE person = ?",
                 {"", "", "", person});
  out.writes.run("DELETE FROM contract_attempt WHERE person = ?", {person});
  return out;
}

}  // namespace cinnabar::contract
