#include "preflight.hpp"

#include "controls.hpp"
#include "digest.hpp"
#include "drawing.hpp"
#include "levels.hpp"

#include <cinnabar/services/auth_method.hpp>
#include <cinnabar/services/kernel.hpp>
#include <cinnabar/services/organisation.hpp>
#include <cinnabar/services/seal.hpp>
#include <cinnabar/services/seal_type.hpp>

#include <algorithm>
#include <map>

namespace cinnabar::contract {
namespace {

// The seal type of a person who has made no signature yet.
constexpr const char* kSignatureType = "name";

std::string party_place(const PartyRow& party, const char* member) {
  return "/parties/" + std::to_string(party.seat) + "/" + member;
}

// The checks of one contract, sharing what they look at.
class Checks {
 public:
  Checks(const Host& host, const Call& call, Contract& contract, Preflight& result)
      : host_(host), call_(call), contract_(contract), result_(result) {}

  void resolve_people() {
    std::map<std::string, Person> known;  // by mobile as registered: one number is one person
    for (PartyRow& party : contract_.parties) {
      try {
        ResolvedPerson resolved =
            host_.service<Organisation>(call_).resolve_person({party.name, party.mobile});
        const auto [person, first] = known.try_emplace(resolved.person.mobile, resolved.person);
        if (first) result_.writes.merge(std::move(resolved.writes));
        if (first && resolved.made) newcomers_[resolved.person.id] = resolved.person.name;
        if (person->second.name != resolved.person.name)
          add(Error("contract.mobile_of_two", {{"name", party.name}}),
              party_place(party, "mobile"));
        party.person = person->second.id;
      } catch (const Error& error) {
        add(error, party_place(party, "mobile"));
      }
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
      if (party.person.empty()) continue;
      const bool seals = has(party, ControlKind::enterprise_seal) ||
                         has(party, ControlKind::page_seal);
      if (seals && !party.enterprise.empty()) check_seal(party);
      if (has(party, ControlKind::personal_signature)) check_signature(party);
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

  // A name that cannot be drawn is found now and not by the signer. Nobody is asked about who is
  // made only by sending: their first signature will be the usual one of that name.
  void check_signature(const PartyRow& party) {
    const CallAs as(call_, party.person);
    const Call person = as.call();
    try {
      const auto newcomer = newcomers_.find(party.person);
      if (newcomer != newcomers_.end()) {
        SealDesign design;
        design.text = newcomer->second;
        host_.service<SealType>(person, kSignatureType).draw(design);
      } else {
        host_.service<Seals>(person).preview(
            {"", "personal", party.person, "", contract_.row.id});
      }
    } catch (const Error& error) {
      add(error, party_place(party, "name"));
    }
  }

  bool has(const PartyRow& party, ControlKind kind) const {
    const auto& controls = contract_.content.controls;
    return std::any_of(controls.begin(), controls.end(), [&](const Control& control) {
      return control.party == party.id && control.kind == kind;
    });
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
  std::map<std::string, std::string> newcomers_;  // names of those whom the writes make, by id
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
  if (!stamped(config.signature_level)) return;
  const Client<TimestampAuthority> authority = host.service<TimestampAuthority>(owner_call);
  const Stamp stamp = authority.stamp({sha256_hex("preflight")});
  if (long_term(config.signature_level)) authority.proof({stamp.token});
}

}  // namespace cinnabar::contract
