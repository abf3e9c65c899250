// TestTables: a database for the plugin that is checked: its own migrations, its queries,
// and what it asks to be written. Owned by a Recorder. Any thread.
#pragma once

#include <cinnabar/write_set.hpp>

#include <cinnabar/abi.h>

#include <filesystem>
#include <memory>
#include <mutex>

struct sqlite3;

namespace cinnabar::authoring {

class TestTables {
 public:
  // Runs the scripts of the folder's migrations/ in order of name; not on a `file` that is there
  // already, from an earlier life of the plugin. Without a file it is in memory. Throws Error.
  explicit TestTables(const std::filesystem::path& plugin_folder,
                      const std::filesystem::path& file = {});

  cinnabar_status query(std::string_view sql, const cinnabar_value* params, std::size_t count,
                        const cinnabar_rows* rows);
  // Applies the statements together, or none. The reason when it cannot.
  std::string apply(const WriteSet& writes);
  void close();  // there is no database any more
  // How many rows all tables hold.
  std::int64_t rows();

 private:
  struct Close {
    void operator()(sqlite3* database) const;
  };
  std::string run(const Statement& statement);

  std::mutex mutex_;
  std::unique_ptr<sqlite3, Close> database_;
};

}  // namespace cinnabar::authoring
