// OfflineStore: the database of the data folder, opened without a server around it, to change
// switches; a running server on the same data sees the change at its next request. Main thread.
#pragma once

#include "kernel/db/committer.hpp"
#include "kernel/plugin/bindings.hpp"

namespace cinnabar::kernel {

class OfflineStore {
 public:
  enum class Reach { plugins, storage };

  // Loads the plugins, but starts only the storage; or opens only the database, to read. Throws
  // Error "plugin.no_database".
  OfflineStore(const PluginSettings& settings, const std::string& database,
               Reach reach = Reach::plugins);
  ~OfflineStore();

  PluginHost& host() { return host_; }
  QueryRows query() const;
  // With its row in the audit log.
  void commit(WriteSet writes, const std::string& action, const std::string& object);

 private:
  SystemClocks clocks_;
  PluginHost host_;
  std::unique_ptr<Db> db_;
  std::unique_ptr<Committer> committer_;
};

}  // namespace cinnabar::kernel
