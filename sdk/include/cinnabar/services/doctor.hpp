// cinnabar.doctor/1: what is wrong, in words that an operator can act on. `cinnabar doctor` asks
// every provider. Reads only. Thread-safety: any thread.
#pragma once

#include <cinnabar/service.hpp>

namespace cinnabar {

struct Check {
  std::string name;      // "contract.stuck": what was looked for
  bool ok = true;
  std::int64_t count = 0;  // how many were found
  std::string detail;    // which, and what to do
};
CINNABAR_DESCRIBE(Check, name, ok, count, detail)

struct ExamineRequest {};
CINNABAR_DESCRIBE_EMPTY(ExamineRequest)

struct Findings {
  std::vector<Check> checks;
};
CINNABAR_DESCRIBE(Findings, checks)

class Doctor {
 public:
  using Interface = Doctor;
  virtual ~Doctor() = default;
  virtual Findings examine(const ExamineRequest&, const Call&) = 0;
};
CINNABAR_SERVICE(Doctor, "cinnabar.doctor/1", examine)

}  // namespace cinnabar
