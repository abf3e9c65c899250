// cinnabar.enterprise-status/1: which enterprises were verified, for the other parts of the
// business. Batch; those that never were are absent. Thread-safety: any thread.
#pragma once

#include <cinnabar/service.hpp>

namespace cinnabar {

struct EnterpriseStatusRequest {
  std::vector<std::string> enterprises;
};
CINNABAR_DESCRIBE(EnterpriseStatusRequest, (enterprises, items(0, 1000)))

struct EnterpriseStatus {
  std::string enterprise;
  bool verified = false;
  std::string kind;  // enterprise, sole_trader, government, other
  Time at;
};
CINNABAR_DESCRIBE(EnterpriseStatus, enterprise, verified, kind, at)

struct EnterpriseStatuses {
  std::vector<EnterpriseStatus> statuses;
};
CINNABAR_DESCRIBE(EnterpriseStatuses, statuses)

class EnterpriseStatusService {
 public:
  using Interface = EnterpriseStatusService;
  virtual ~EnterpriseStatusService() = default;
  virtual EnterpriseStatuses status(const EnterpriseStatusRequest&, const Call&) = 0;
};
CINNABAR_SERVICE(EnterpriseStatusService, "cinnabar.enterprise-status/1", status)

}  // namespace cinnabar
