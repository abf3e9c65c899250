// Signature reports: made once for each contract that has ended, signed by the platform, and kept.
// Any thread.
#pragma once

#include "collect.hpp"
#include "credential.hpp"

namespace cinnabar::evidence {

class Reports {
 public:
  Reports(const Host& host, const Config& config, OwnCredential& credential)
      : host_(host), config_(config), credential_(credential) {}

  std::optional<ReportRow> find(const Call& call, const ObjectInfo& contract) const;
  // The report, made now if it is not there yet; what it writes goes into `writes`. Throws
  // evidence.not_ended.
  ReportRow get(const Call& call, const ObjectInfo& contract, WriteSet& writes) const;
  // Tells the parties that it is there.
  WriteSet tell(const Call& call, const ObjectInfo& contract) const;

 private:
  ReportRow make(const Call& call, const ObjectInfo& contract, WriteSet& writes) const;

  const Host& host_;
  const Config& config_;
  OwnCredential& credential_;
};

}  // namespace cinnabar::evidence
