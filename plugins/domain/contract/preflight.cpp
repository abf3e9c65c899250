#include "preflight.hpp"

#include "controls.hpp"
#include "digest.hpp"
#include "drawing.hpp"

#include <cinnabar/services/auth_method.hpp>
#include <cinnabar/services/kernel.hpp>
#include <cinnabar/services/organisation.hpp>
#include <cinnabar/services/seal.hpp>

#include <algorithm>

namespace cinnabar::contract {
namespace {

std::string party_place(const PartyRow& party, const char* member) {
  return "/parties/" + std::to_string(party.seat) + "/" + member;
}

// The checks of one contract, sharing what they look at.
class Checks {
 public:
  Checks(const Host& host, const Call& call, Contract& contract, Preflight& result)
      : host_(host), call_(call), contract_(contract), result_(result) {}

  void resolve_people() {
    std::map<std::string, Person> known;  // by mobile: who stands for two parties is one person
    for (PartyRow& party : contract_.parties) {
      auto found = known.find(party.mobile);
      if (found == known.end()) {
        try {
          ResolvedPerson resolved =
              host_.service<Organisation>(call_).resolve_person({party.name, party.mobile});
          result_.writes.merge(std::move(resolved.writes));
          found = known.emplace(party.mobile, std::move(resolved.person)).first;
        } catch (const Error& error) {
          add(error, party_place(party, "mobile"));
          continue;
        }
      } else if (found->second.name != party.name) {
        add(Error("contract.mobile_of_two", {{"name", party.name}}), party_place(party, "mobile"));
      }
      party.person = found->second.id;
    }
  }

  void resolve_enterprises() {
    for (PartyRow& party : contract_.parties) {
      if (party.kind != PartyKind::enterprise) continue;
      const auto found =
          host_.service<Organisation>(call_).find_enterprise({party.enterprise_name}).enterprises;
      if (found.empty()) {
        add(Error("contract.enterprise_unknown", {{"name", party.enterprise_name}}),
            party_place(party, "enterprise_name"));
        continue;
      }
      party.enterprise = found.front().id;
      check_handler(party);
    }
  }

  void check_values() {
    for (const std::string& id : missing_values(contract_, nullptr))
      add(Error("contract.value_missing", {{"control", id}}), control_place(id, "value"));
  }

  void check_methods() {
    const auto bound =
        host_.service<Bindings>(call_).names({std::string(interface_id<AuthMethod>())}).names;
    for (const PartyRow& party : contract_.parties)
      for (const std::string& method : party.auth_methods)
        if (std::find(bound.begin(), bound.end(), method) == bound.end())
          add(Error("contract.method_unknown", {{"method", method}}),
              party_place(party, "auth_methods"));
  }

  void check_seals() {
    for (const PartyRow& party : contract_.parties) {
      const bool needed = std::any_of(
          contract_.content.controls.begin(), contract_.content.controls.end(),
          [&](const Control& c) {
            return c.party == party.id && (c.kind == ControlKind::enterprise_seal ||
                                           c.kind == ControlKind::page_seal);
          });
      if (needed && !party.enterprise.empty() && !party.person.empty()) check_seal(party);
    }
  }

  // Certificates are issued and renewed as needed, so it is their authority that must outlast the
  // contract. Its end is on the real clock, the deadline on the business clock.
  void check_authority() {
    const AuthorityInfo authority = host_.service<CertificateAuthority>(call_).info({});
    const std::int64_t open_ms = contract_.row.deadline.ms - host_.now_ms(Clock::business);
    if (authority.not_after_ms < host_.now_ms(Clock::real) + open_ms)
      add(Error("contract.authority_ends",
                {{"name", authority.name}, {"until", to_rfc3339(Time{authority.not_after_ms})}}),
          "/deadline");
  }

  void add(const Error& error, std::string pointer) {
    // What the system cannot do just now is not a fault of the draft.
    if (error.status() != CINNABAR_REFUSED) throw error;
    result_.faults.emplace_back(error.code(), error.params(), std::move(pointer));
  }

 private:
  // One's own handler must be able to act now; another enterprise may still take theirs in.
  void check_handler(const PartyRow& party) {
    if (party.enterprise != contract_.row.owner || party.person.empty()) return;
    const Membership membership =
        host_.service<Organisation>(call_).membership({party.enterprise, party.person});
    if (!membership.member)
      add(Error("contract.handler_not_member",
                {{"name", party.name}, {"enterprise", party.enterprise_name}}),
          party_place(party, "mobile"));
  }

  void check_seal(const PartyRow& party) {
    const CallAs as(call_, party.enterprise);
    const Call enterprise = as.call();
    SealUse seal;
    try {
      seal = host_.service<Seals>(enterprise)
                 .preview({"", "enterprise", party.person, party.enterprise, contract_.row.id});
    } catch (const Error& error) {
      if (error.status() != CINNABAR_REFUSED) throw;
      // Another enterprise may make its seal before its turn; one's own must be there.
      if (party.enterprise == contract_.row.owner)
        add(error, party_place(party, "enterprise_name"));
      return;
    }
    result_.sizes[party.id] = {milli_points(seal.drawing.width), milli_points(seal.drawing.height)};
    for (const Control& control : contract_.content.controls) {
      if (control.party != party.id || control.kind != ControlKind::enterprise_seal) continue;
      const auto width = static_cast<double>(control.rect->width) / 1000;
      const auto height = static_cast<double>(control.rect->height) / 1000;
      if (!fits(seal.drawing, width, height))
        add(Error("contract.seal_too_large",
                  {{"control", control.id},
                   {"seal", seal.name},
                   {"width", std::to_string(milli_points(seal.drawing.width))},
                   {"height", std::to_string(milli_points(seal.drawing.height))}}),
            control_place(control.id, "rect"));
    }
  }

  std::string control_place(const std::string& id, const char* member) const {
    const auto& controls = contract_.content.controls;
    for (std::size_t i = 0; i < controls.size(); ++i)
      if (controls[i].id == id) return "/controls/" + std::to_string(i) + "/" + member;
    return {};
  }

  const Host& host_;
  const Call& call_;
  Contract& contract_;
  Preflight& result_;
};

}  // namespace

Preflight preflight(const Host& host, const Call& owner_call, Contract& contract) {
  Preflight result;
  Checks checks(host, owner_call, contract, result);
  if (contract.row.deadline.ms <= host.now().ms)
    checks.add(Error("contract.deadline_passed"), "/deadline");
  checks.check_values();
  checks.check_methods();
  checks.resolve_people();
  checks.resolve_enterprises();
  checks.check_seals();
  checks.check_authority();
  return result;
}

void check_timestamps(const Host& host, const Call& owner_call, const Config& config) {
  if (config.signature_level != "B-T") return;
  host.service<TimestampAuthority>(owner_call).stamp({sha256_hex("preflight")});
}

}  // namespace cinnabar::contract
