// Lease: work that one server at a time does for all that share the database, by a row of
// kernel_lease. It spares servers from doing the same at once, no more: what is done under it must
// be guarded by rows, for a server that was held up may believe that it still has the lease. Real
// clock. One thread uses it; held() any.
#pragma once

#include "kernel/base/clocks.hpp"
#include "kernel/db/committer.hpp"

#include <atomic>

namespace cinnabar::kernel {

class Lease {
 public:
  Lease(Db& db, Committer& committer, const Clocks& clocks, std::string name, std::string node)
      : db_(db),
        committer_(committer),
        clocks_(clocks),
        name_(std::move(name)),
        node_(std::move(node)) {}

  // Takes it when it is free, renews it in time. True: this server has it. Throws Error.
  bool hold();
  bool held() const { return clocks_.real_ms() < expires_ms_; }
  void give_up();  // so that another need not wait for its end

 private:
  bool take(std::int64_t expires_ms);

  Db& db_;
  Committer& committer_;
  const Clocks& clocks_;
  const std::string name_;
  const std::string node_;
  std::atomic<std::int64_t> expires_ms_{0};  // of this server's; 0: it has none
};

}  // namespace cinnabar::kernel
