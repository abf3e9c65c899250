#include "collect.hpp"

#include <cinnabar/digest_state.hpp>

#include <chrono>
#include <thread>

namespace cinnabar::evidence {
namespace {

constexpr std::size_t kSaltSize = 16;
// The log takes in an event within some milliseconds of its commit; a log that is further behind is
// busy, and who asks comes again.
constexpr int kLogWaitsMax = 60;
constexpr std::chrono::milliseconds kLogWait{50};

std::string commitment(std::string_view salt, std::string_view value) {
  return to_hex(sha256(std::string(salt) + ":" + std::string(value)));
}

Collected collected(const Host& host, const Call& call, const ObjectInfo& contract,
                    const std::string& tenant, Dossier dossier) {
  for (const TraceRow& row : Store(host, call, contract.owner)
                                 .list(kTraces, "contract = ? ORDER BY id", {contract.id}))
    dossier.traces.push_back({row.id, row.address, row.user_agent, row.salt});
  std::vector<StoredEvent> acts;
  bool intact = true;
  for (bool more = true; more;) {
    const ChainRequest part{contract.id, acts.empty() ? 0 : acts.back().chain_index};
    Chain chain = host.service<Events>(call).chain(part);
    more = static_cast<int>(chain.events.size()) == part.limit;
    intact = intact && chain.intact;
    for (StoredEvent& event : chain.events) acts.push_back(std::move(event));
  }
  Collected out;
  for (const StoredEvent& act : acts) out.events.push_back(act.id);
  out.evidence = evidence_of(std::move(dossier), std::move(acts), intact, host.now());
  mask(out.evidence, tenant);
  return out;
}

}  // namespace

Collected collect(const Host& host, const Call& call, const ObjectInfo& contract,
                  const std::string& tenant) {
  return collected(host, call, contract, tenant,
                   host.service<Contracts>(call).dossier({contract.id, contract.owner}));
}

Collected collect_for(const Host& host, const Call& call, const ObjectInfo& contract,
                      const SubjectInfo& subject) {
  return collected(host, call, contract, subject.owner(),
                   host.service<Contracts>(call).dossier({contract.id, contract.owner, "evidence",
                                                          subject.person, subject.acting_for}));
}

LogProof prove(const Host& host, const Call& call, const std::vector<std::string>& events) {
  for (int waits = 0;; ++waits) try {
      return host.service<TransparencyLog>(call).prove({events});
    } catch (const Error& error) {
      if (error.code() != "log.behind" || waits == kLogWaitsMax || call.cancelled()) throw;
      std::this_thread::sleep_for(kLogWait);
    }
}

std::map<std::string, Bytes> certificates_of(const Evidence& evidence) {
  std::map<std::string, Bytes> out;
  for (const DossierSignature& signature : evidence.signatures)
    for (const Bytes& certificate : signature.chain)
      out.emplace(to_hex(sha256(certificate.view())), certificate);
  return out;
}

WriteSet reading_event(const Host& host, const Request& request, const std::string& type,
                       Json data) {
  constexpr std::size_t kUserAgentMax = 200;  // bytes; longer ones carry no more meaning
  TraceRow trace{host.new_id("trc"), request.object().owner, request.object().id,
                 request.http.address, {}, to_hex(host.random(kSaltSize)),
                 request.subject().person};
  for (const char c : request.http.user_agent)
    if (c >= 0x20 && c < 0x7f && trace.user_agent.size() < kUserAgentMax) trace.user_agent += c;
  data.set("trace", trace.id)
      .set("address", commitment(trace.salt, trace.address))
      .set("user_agent", commitment(trace.salt, trace.user_agent));
  WriteSet writes;
  Store(host, request.call, trace.owner).insert(writes, kTraces, trace);
  writes.events.push_back(
      {type, trace.contract, trace.owner, request.subject().person, std::move(data)});
  return writes;
}

}  // namespace cinnabar::evidence
