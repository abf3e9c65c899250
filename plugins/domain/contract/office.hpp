// Office: what the handlers of this plugin share. One a plugin, made with it; immutable but for the
// certificate, which guards itself. Any thread.
#pragma once

#include "act.hpp"
#include "party.hpp"
#include "repository.hpp"

namespace cinnabar::contract {

// The platform's certificate must outlast the contracts that it certifies: the longest deadline and
// a margin.
inline constexpr std::int64_t kPlatformRemainingMinMs = std::int64_t{400} * 86'400'000;

struct Office {
  Host& host;
  Config config;
  PlatformCredential platform;

  explicit Office(Host& h)
      : host(h),
        config(h.config<Config>()),
        platform(h, kCredentials, config.platform_name, "plt", kPlatformRemainingMinMs) {}

  // The contracts of the tenant that owns the request's object.
  Repository repository(const Request& request) const {
    return Repository(host, request.call, request.object().owner);
  }
  std::int64_t file_size_max() const { return config.file_size_max_mb * 1'000'000; }
};

// What the machine asks about the subject. `values_missing` and `signatures_missing` are left for
// the command to say.
inline Facts facts_of(const Contract& contract, const SubjectInfo& subject, Time now) {
  Facts facts;
  facts.owner = subject.owner() == contract.row.owner;
  facts.overdue = contract.row.deadline.ms <= now.ms;
  if (const PartyRow* party = party_of(contract, subject)) {
    facts.party = true;
    facts.in_turn = in_turn(contract, *party);
  }
  return facts;
}

}  // namespace cinnabar::contract
