// Db: reading and migrating through a database driver's table. Owned by the composition root;
// reads from any thread. Writing goes through the Committer only.
#pragma once

#include <cinnabar/host.hpp>

namespace cinnabar::kernel {

class Db {
 public:
  // The table belongs to the driver plugin and outlives this. Throws when there is none.
  explicit Db(const cinnabar_database* table);

  // One reading statement; '?' for parameters. Throws Error on failure.
  Rows query(std::string_view sql, const std::vector<Json>& params = {}) const;
  // The one cell of the one row that the statement gives; null when there is no row.
  Json query_value(std::string_view sql, const std::vector<Json>& params = {}) const;
  // Several statements in one transaction, for migrations.
  void script(std::string_view sql) const;
  const cinnabar_database* table() const { return table_; }

 private:
  const cinnabar_database* table_;
};

}  // namespace cinnabar::kernel
