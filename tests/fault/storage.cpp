#include "storage.hpp"

#include "kernel/base/folders.hpp"
#include "kernel/base/ids.hpp"
#include "kernel/db/migrations.hpp"
#include "kernel/event/chain.hpp"

#include <chrono>
#include <fstream>
#include <thread>

namespace cinnabar::fault {

using namespace kernel;

namespace {

constexpr const char* kPlugin = "com.example.fault";
constexpr std::string_view kTables =
    "CREATE TABLE fault_item (id VARCHAR(64) PRIMARY KEY, writer INTEGER NOT NULL, blob "
    "VARCHAR(80) "
    "NOT NULL);"
    "CREATE TABLE fault_seen (event VARCHAR(64) PRIMARY KEY, item VARCHAR(64) NOT NULL);"
    "CREATE TABLE fault_done (job VARCHAR(64) PRIMARY KEY, item VARCHAR(64) NOT NULL);";

// From a few bytes to several pages, the same for the same item.
std::string content_of(int writer, int number) {
  std::string content;
  const std::string name = item_name(writer, number) + " ";
  const std::size_t size = 20 + static_cast<std::size_t>(number * 7919 + writer * 104729) % 20'000;
  while (content.size() < size) content += name;
  return content;
}

std::filesystem::path migrations_of(const std::filesystem::path& folder) {
  // Beside the folder: a plugin's files are no part of the data.
  const auto path = folder.parent_path() / (folder.filename().string() + "-migrations");
  std::filesystem::create_directories(path);
  std::ofstream(path / "001_tables.sql") << kTables;
  return path;
}

// As the kernel makes a plugin's folder, before the plugin is started.
std::filesystem::path lasting(const std::filesystem::path& folder) {
  make_folder(folder / "database");
  make_folder(folder / "blobs");
  return folder;
}

WriteSet effect(const char* table, const std::string& id, const std::string& item) {
  WriteSet writes;
  writes.run("INSERT INTO " + std::string(table) + " VALUES (?, ?)", {id, item}, 1);
  return writes;
}

}  // namespace

std::string item_name(int writer, int number) {
  return "item_" + std::to_string(writer) + "_" + std::to_string(number);
}

Storage::Storage(const std::filesystem::path& folder)
    : database_(test_database(lasting(folder))),
      store_(test_blob_store(folder)),
      db_(database_of(*database_)),
      committer_(db_, clocks_),
      blobs_(blob_store_of(*store_), db_, committer_, clocks_) {
  migrate(db_, {{kPlugin, migrations_of(folder)}}, clocks_.real_ms());
  committer_.table_prefixes({{kPlugin, "fault_"}});
}

Storage::~Storage() {
  if (jobs_) jobs_->stop();
  if (outbox_) outbox_->stop();
}

bool Storage::write(int writer, int number) {
  const std::string item = item_name(writer, number);
  const std::string blob = blobs_.put(content_of(writer, number));
  Commit commit;
  commit.plugin = kPlugin;
  commit.table_prefix = "fault_";
  commit.writes.run("INSERT INTO fault_item (id, writer, blob) VALUES (?, ?, ?)",
                    {item, writer, blob}, 1);
  commit.writes.events.push_back({"fault.written", "con_" + std::to_string(writer), "ent_a",
                                  "per_a", Json::object().set("item", item)});
  commit.writes.jobs.push_back({"work", "ent_a", item, Time{}, Json(item)});
  commit.writes.blobs.push_back(blob);
  commit.idempotency = IdempotencyRecord{"writer " + std::to_string(writer), item, "", "{}"};
  bool conflicted = false;
  try {
    blobs_.publish({blob});
    committer_.commit(std::move(commit));
  } catch (const Error& error) {
    blobs_.settle({blob});
    if (error.status() != CINNABAR_CONFLICT) throw;
    conflicted = true;
  }
  if (!conflicted) blobs_.settle({blob});
  return !conflicted;
}

int Storage::written(int writer) const {
  return static_cast<int>(
      db_.query_value("SELECT COUNT(*) FROM fault_item WHERE writer = ?", {writer}).integer());
}

void Storage::start_background() {
  outbox_ = std::make_unique<Outbox>(
      db_, committer_, clocks_,
      Subscriptions{{kPlugin, "fault_", [](const StoredEvent&) { return true; },
                     [](const StoredEvent& event, const CommitWrites& commit) {
                       commit(effect("fault_seen", event.id, event.data["item"].text()));
                     }}},
      "node_a");
  jobs_ = std::make_unique<Jobs>(
      db_, committer_, clocks_,
      [](const std::string&, const JobCall& job, const CommitWrites& commit) {
        commit(effect("fault_done", job.id, job.data.text()));
      },
      JobSettings{"node_a", 2});
  committer_.on_committed([this] {
    outbox_->wake();
    jobs_->wake();
  });
  outbox_->start();
  jobs_->start();
}

bool Storage::finish_background() {
  const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  while (outbox_->lag() > 0 || db_.query_value("SELECT COUNT(*) FROM kernel_job").integer() > 0) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::yield();
  }
  jobs_->stop();
  outbox_->stop();
  return true;
}

std::vector<std::string> Storage::faults(const std::set<std::string>& acknowledged) {
  std::vector<std::string> found;
  std::set<std::string> there;
  for (const auto& row : db_.query("SELECT id, blob FROM fault_item").rows) {
    there.insert(row[0].text());
    try {
      const std::string content = blobs_.read(row[1].text(), 0, INT64_MAX);
      if ("sha256:" + sha256_hex(content) != row[1].text())
        found.push_back("the blob of " + row[0].text() + " is not what it was");
    } catch (const Error& error) {
      found.push_back("the blob of " + row[0].text() + ": " + error.what());
    }
  }
  for (const std::string& item : acknowledged)
    if (!there.contains(item)) found.push_back(item + " was acknowledged and is gone");
  const auto count = [&](std::string_view table) {
    return db_.query_value("SELECT COUNT(*) FROM " + std::string(table)).integer();
  };
  if (count("kernel_event") != static_cast<std::int64_t>(there.size()))
    found.push_back("there are " + std::to_string(count("kernel_event")) + " events for " +
                    std::to_string(there.size()) + " items");
  for (const ChainFault& fault : check_all_chains(db_))
    found.push_back("chain " + fault.aggregate + ": " + fault.reason);
  if (blobs_.missing() != 0) found.push_back("blobs are missing");
  blobs_.sweep();
  if (blobs_.missing() != 0) found.push_back("the sweep removed what rows name");
  return found;
}

std::vector<std::string> Storage::effect_faults() {
  std::vector<std::string> found;
  for (const char* table : {"fault_seen", "fault_done"}) {
    const std::string name(table);
    const auto number = [&](const std::string& sql) { return db_.query_value(sql).integer(); };
    if (number("SELECT COUNT(*) FROM " + name) != number("SELECT COUNT(*) FROM fault_item") ||
        number("SELECT COUNT(DISTINCT item) FROM " + name) !=
            number("SELECT COUNT(*) FROM fault_item"))
      found.push_back(name + " does not hold each item once");
  }
  return found;
}

}  // namespace cinnabar::fault
