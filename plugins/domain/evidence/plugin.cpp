// The evidence of a contract over HTTP. Asks the contract and the kernel's event chain; keeps
// nothing of its own.
#include "evidence.hpp"

#include <cinnabar/domain_plugin.hpp>

namespace cinnabar::evidence {

class EvidencePlugin final : public DomainPlugin {
 public:
  explicit EvidencePlugin(Host& host) : DomainPlugin(host) {
    route("GET", "/contracts/{contract}/evidence", "contract.evidence", this,
          &EvidencePlugin::evidence)
        .summary("Everything that proves what happened to a contract", "合同证据").on("contract");
  }

 private:
  Answer<Evidence> evidence(const Request& request) {
    const ObjectInfo& object = request.object();
    Dossier dossier = host().service<Contracts>(request.call).dossier({object.id, object.owner});
    std::vector<StoredEvent> acts;
    bool intact = true;
    for (bool more = true; more;) {
      ChainRequest part{object.id, acts.empty() ? 0 : acts.back().chain_index};
      Chain chain = host().service<Events>(request.call).chain(part);
      more = static_cast<int>(chain.events.size()) == part.limit;
      intact = intact && chain.intact;
      for (StoredEvent& event : chain.events) acts.push_back(std::move(event));
    }
    Answer<Evidence> answer;
    answer.body = evidence_of(std::move(dossier), std::move(acts), intact, host().now());
    mask(answer.body, request.subject().owner());
    return answer;
  }
};

}  // namespace cinnabar::evidence

using cinnabar::evidence::EvidencePlugin;
CINNABAR_PLUGIN(EvidencePlugin)
