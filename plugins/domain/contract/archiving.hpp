// Archiving: keeps the promise of B-LTA after a contract is completed. Before the certificate of
// the newest document timestamp ends, a job appends another one, until the prepared fields are
// used up. Times are of the real clock. Any thread.
#pragma once

#include "view.hpp"

#include <cinnabar/services/doctor.hpp>

namespace cinnabar::contract {

class Archiving {
 public:
  explicit Archiving(Office& office) : office_(office) {}

  // Takes care, from the end of this act on, of the documents that got these timestamps, by
  // number. Nothing where there are none.
  void begin(Act& act, const Call& call, const std::map<int, ArchiveStamp>& stamps);

  // Job: renews what is due and comes again. Whatever fails stays due, is tried again, and is told
  // by the doctor. One that comes twice finds nothing to do.
  WriteSet renew(const JobCall& job, const Call& call);

 private:
  // Appends a timestamp to the row's document; what its event tells. Throws what keeps it from
  // being renewed.
  Json renew_document(ArchiveRow& row, WriteSet& writes, const Call& call);
  std::int64_t due_ms(std::int64_t ends_ms) const;
  JobDraft job_at(const Contract& contract, std::int64_t real_ms) const;

  Office& office_;
};

// What the doctor is told: documents whose timestamps should have been renewed and were not, or
// cannot be any more.
Check examine_archives(const Host& host, const Call& call);

}  // namespace cinnabar::contract
