// A partner's plugin that declares hook points: an enterprise's script decides about its leases,
// may set the months, and is told.
#include <cinnabar/domain_plugin.hpp>
#include <cinnabar/hook_calls.hpp>

namespace lease {

using namespace cinnabar;

struct RenewLease {
  std::int64_t months = 12;
};
CINNABAR_DESCRIBE(RenewLease, (months, range(1, 120)))

struct Lease {
  std::int64_t months = 0;
};
CINNABAR_DESCRIBE(Lease, (months, doc("Of the renewed lease.")))

class LeasePlugin final : public DomainPlugin {
 public:
  explicit LeasePlugin(Host& host) : DomainPlugin(host) {
    permission({"points.manage", "Renew leases", "续租", false, {}});
    route("POST", "/enterprises/{enterprise}/leases", "lease.renew", this, &LeasePlugin::renew)
        .summary("Renews a lease", "续租").of("enterprise").may("points.manage");
    hook_point<Lease>({"lease.before_renew", "Before a lease is renewed.", true, "", {"/months"}});
    hook_point<Lease>({"lease.after_renew", "After a lease was renewed.", false, "", {}});
  }

 private:
  Answer<Lease> renew(const RenewLease& in, const Request& request) {
    const std::string& owner = request.object().id;
    Answer<Lease> answer;
    answer.body.months = in.months;
    const HookDecision decision =
        ask_hook(host(), request.call, owner, "lease.before_renew", answer.body);
    if (const auto found = decision.set.find("/months"); found != decision.set.end())
      answer.body.months = found->second.integer();
    tell_hook(host(), request.call, owner, "lease.after_renew", answer.body);
    return answer;
  }
};

}  // namespace lease

using lease::LeasePlugin;
CINNABAR_PLUGIN(LeasePlugin)
