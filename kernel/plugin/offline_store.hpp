// OfflineStore: the database of the data folder, opened without a server around it, to change
// switches; a running server on the same data sees the change at its next request. Main thread.
#pragma once

#include "kernel/db/committer.hpp"
#include "kernel/plugin/bindings.hpp"

namespace cinnabar::kernel {

class OfflineStore {
 public:
  // Loads the plugins but starts only the storage. Throws Error "plugin.no_database".
  OfflineStore(const PluginSettings& settings, const std::string& database);
  ~OfflineStore();

  PluginHost& host() { return host_; }
  QueryRows query() const;
  void commit(WriteSet writes);

 private:
  SystemClocks clocks_;
  PluginHost host_;
  std::unique_ptr<Db> db_;
  std::unique_ptr<Committer> committer_;
};

}  // namespace cinnabar::kernel
