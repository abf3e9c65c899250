// Ending: a contract that does not come to its end: refused, revoked, expired. Any thread.
#pragma once

#include "view.hpp"

namespace cinnabar::contract {

struct Reason {
  std::string reason;
};
CINNABAR_DESCRIBE(Reason, (reason, required, length(kReasonMin, kReasonMax), format("line"),
                           doc("Shown to all parties.")))

class Ending {
 public:
  explicit Ending(Office& office) : office_(office) {}

  Answer<ContractView> refuse(const Reason& in, const Request& request);
  Answer<ContractView> revoke(const Reason& in, const Request& request);
  // Jobs. One that comes too late or twice finds nothing to do.
  WriteSet expire(const JobCall& job, const Call& call);
  WriteSet remind(const JobCall& job, const Call& call);

 private:
  Office& office_;
};

}  // namespace cinnabar::contract
