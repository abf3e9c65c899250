// Db: reading and migrating through a database driver's table. Owned by the composition root;
// reads from any thread. Writing goes through the Committer only.
#pragma once

#include <cinnabar/host.hpp>

namespace cinnabar::kernel {

class Db {
 public:
  // The table belongs to the driver plugin and outlives this.
  explicit Db(const cinnabar_database* table) : table_(table) {}

  // One reading statement; '?' for parameters. Throws Error on failure.
  Rows query(std::string_view sql, const std::vector<Json>& params = {}) const;
  void script(std::string_view sql) const;
  const cinnabar_database* table() const { return table_; }

 private:
  const cinnabar_database* table_;
};

}  // namespace cinnabar::kernel
