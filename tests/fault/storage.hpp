// The storage of a folder, as a server has it: both drivers, the committer, the blobs. And the
// items that the fault tests write with it: each is a row, an event, a job and a blob in one
// commit. Used by the writer, which dies, and by the tests, which look at what is left. Any
// thread.
#pragma once

#include "kernel/base/test_storage.hpp"
#include "kernel/blob/blobs.hpp"
#include "kernel/event/outbox.hpp"
#include "kernel/job/jobs.hpp"

#include <set>

namespace cinnabar::fault {

class Storage {
 public:
  explicit Storage(const std::filesystem::path& folder);
  ~Storage();

  kernel::Db& db() { return db_; }
  kernel::Blobs& blobs() { return blobs_; }

  // Writes the item of that number for a writer; false: it was there already, and still is once.
  bool write(int writer, int number);
  int written(int writer) const;  // how many

  // Deliveries and jobs; each leaves one row for each item.
  void start_background();
  // Waits until nothing is left to do; false after a minute.
  bool finish_background();

  // What is wrong with what is there, given what was acknowledged; nothing: all is well.
  std::vector<std::string> faults(const std::set<std::string>& acknowledged);
  // After finish_background(): whether every effect is there once.
  std::vector<std::string> effect_faults();

 private:
  std::unique_ptr<kernel::TestPlugin> database_, store_;
  kernel::Db db_;
  kernel::SystemClocks clocks_;
  std::unique_ptr<kernel::Outbox> outbox_;  // these outlive the committer, which wakes them
  std::unique_ptr<kernel::Jobs> jobs_;
  kernel::Committer committer_;
  kernel::Blobs blobs_;
};

std::string item_name(int writer, int number);

}  // namespace cinnabar::fault
