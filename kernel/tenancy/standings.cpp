#include "kernel/tenancy/standings.hpp"

namespace cinnabar::kernel {

std::shared_ptr<const EnterpriseStanding> StandingCache::get(CallContext& context,
                                                             const std::string& enterprise) const {
  const std::int64_t epoch = context.snapshot(enterprise)->epoch();
  {
    const std::lock_guard lock(mutex_);
    const auto found = entries_.find(enterprise);
    if (found != entries_.end() && found->second.epoch >= epoch) return found->second.standing;
  }
  // Read after the epoch was: what it holds is that new or newer.
  auto standing = std::make_shared<const EnterpriseStanding>(read_(context, enterprise));
  // Ids that somebody makes up must not push out those that are used.
  if (standing->empty()) return standing;
  const std::lock_guard lock(mutex_);
  if (entries_.size() >= kEnterprisesMax) entries_.clear();
  Entry& entry = entries_[enterprise];
  if (!entry.standing || entry.epoch <= epoch) entry = {epoch, standing};
  return standing;
}

}  // namespace cinnabar::kernel
