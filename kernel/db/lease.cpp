#include "kernel/db/lease.hpp"

#include "kernel/log/log.hpp"

namespace cinnabar::kernel {

namespace {

// As long as that of a job, for the same reasons.
constexpr std::int64_t kHeldMs = 15'000;
constexpr std::int64_t kRenewMs = kHeldMs / 3;

}  // namespace

bool Lease::hold() {
  const std::int64_t now = clocks_.real_ms();
  if (expires_ms_ - now > kHeldMs - kRenewMs) return true;
  const Rows rows = db_.query("SELECT node, expires FROM kernel_lease WHERE name = ?", {name_});
  const bool own = !rows.rows.empty() && rows.rows[0][0].text() == node_;
  const bool free = own || (!rows.rows.empty() && rows.rows[0][1].integer() < now);
  const bool had = held();
  const bool has = free && take(now + kHeldMs);
  if (has && !had) log_info("this server took a lease", {{"lease", name_}, {"node", node_}});
  expires_ms_ = has ? now + kHeldMs : 0;
  return has;
}

bool Lease::take(std::int64_t expires_ms) try {
  Commit commit;
  commit.kernel_statements.push_back(
      {"UPDATE kernel_lease SET node = ?, expires = ? WHERE name = ? AND (node = ? OR expires < ?)",
       {node_, expires_ms, name_, node_, clocks_.real_ms()},
       1,
       {}});
  committer_.commit(std::move(commit));
  return true;
} catch (const Error& error) {
  if (error.status() != CINNABAR_CONFLICT) throw;
  return false;
}

void Lease::give_up() {
  if (expires_ms_.exchange(0) == 0) return;
  Commit commit;
  commit.kernel_statements.push_back(
      {"UPDATE kernel_lease SET expires = 0 WHERE name = ? AND node = ?", {name_, node_}, -1, {}});
  committer_.commit(std::move(commit));
}

}  // namespace cinnabar::kernel
