// Recorder: the kernel as a plugin sees it while it is checked. It keeps what the plugin logs and
// which functions it calls at which stage of its life; its clock and its random bytes repeat; and
// it can refuse, or hesitate, at will. Lives to the end of its process, as the kernel's host does;
// any thread.
#pragma once

#include "check/tables.hpp"

#include <cinnabar/host.hpp>

#include <atomic>
#include <map>
#include <set>

namespace cinnabar::authoring {

enum class Stage { loading, creating, running, destroyed };

class Recorder {
 public:
  // `data` is the folder that the plugin may keep files in; `database` as for TestTables.
  Recorder(const std::filesystem::path& plugin_folder, const std::filesystem::path& data,
           std::string config, const std::filesystem::path& database = {});
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;

  const cinnabar_host* host() const { return &raw_; }
  TestTables& tables() { return tables_; }

  // The random bytes of the calling thread begin again; other seeds give other bytes.
  static void reseed(std::uint64_t seed);

  std::atomic<Stage> stage{Stage::loading};
  std::atomic<std::int64_t> now_ms{kBeginning};     // the real clock
  std::atomic<std::int64_t> business_ahead_ms{0};  // of the business clock, before the real one
  std::atomic<bool> live_clock{false};  // the system's instead
  std::atomic<bool> yields{false};      // gives other threads the processor in each call
  std::atomic<bool> waits{false};       // answers calls only when they are cancelled or too late
  // All calls that can fail end so; or only the one of that number, counted from now.
  std::atomic<cinnabar_status> refusal{CINNABAR_OK};
  std::atomic<int> refused_call{0};
  std::atomic<const char*> refused_function{""};  // the last one that was refused so
  std::atomic<int> calls{0};                      // that can fail
  std::atomic<int> effects{0};                    // commits, blobs, calls of services
  std::atomic<bool> config_read{false};

  // Forgets all that the plugin gave it to keep; nothing can be kept any more.
  void forget();

  // What was logged since it was last asked.
  std::vector<std::string> take_log();
  // The functions that were called in a stage in which they may not be.
  std::set<std::string> called_early();

  static constexpr std::int64_t kBeginning = 1'750'000'000'000;

 private:
  static cinnabar_host table(Recorder* self);
  // What a function that can fail must return at once; OK: it goes on.
  cinnabar_status enter(const char* function, const cinnabar_call* call);
  void note(const char* function, bool in_create);

  static void do_log(void* self, std::int32_t level, cinnabar_bytes message);
  static std::int64_t do_now(void* self, std::int32_t clock);
  static cinnabar_status do_random(void* self, char* out, std::size_t size);
  static cinnabar_status do_invoke(void* self, const cinnabar_call* call, cinnabar_bytes id,
                                   cinnabar_bytes name, cinnabar_bytes method,
                                   const cinnabar_message* request, const cinnabar_reply* reply);
  static const void* do_table(void* self, cinnabar_bytes id, cinnabar_bytes name);
  static cinnabar_status do_query(void* self, const cinnabar_call* call, cinnabar_bytes sql,
                                  const cinnabar_value* params, std::size_t count,
                                  const cinnabar_rows* rows);
  static cinnabar_status do_commit(void* self, const cinnabar_call* call, cinnabar_bytes write_set,
                                   const cinnabar_reply* reply);
  static cinnabar_status do_blob_put(void* self, cinnabar_bytes content,
                                     const cinnabar_reply* reply);
  static cinnabar_status do_blob_read(void* self, cinnabar_bytes id, std::uint64_t offset,
                                      std::uint64_t size, const cinnabar_sink* sink);
  static cinnabar_status do_data_folder(void* self, const cinnabar_sink* sink);
  static cinnabar_status do_config(void* self, const cinnabar_sink* sink);

  cinnabar_host raw_;
  TestTables tables_;
  std::string data_;
  std::string config_;
  std::mutex mutex_;
  std::vector<std::string> log_;
  std::set<std::string> early_;
  std::map<std::string, std::string, std::less<>> blobs_;
};

}  // namespace cinnabar::authoring
