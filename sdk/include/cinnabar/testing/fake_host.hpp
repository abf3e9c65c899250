// FakeHost: a kernel in memory, for a plugin's tests: clocks that stand still until they are moved,
// random bytes that repeat from run to run, blobs, a log to look at, services that are put in, and
// a database that the test answers for. What is not set up answers as the real host does where
// something is not there: CINNABAR_UNSUPPORTED.
//
//   FakeHost fake;
//   fake.set_config(R"({"digits_min": 8})");
//   MyPlugin plugin(fake.host());
//
// Must outlive the plugin, which may ask it on any thread, as far as the test's answers to queries
// and services allow; the test sets up and looks at it on one.
#pragma once

#include <cinnabar/plugin.hpp>
#include <cinnabar/testing/folder.hpp>

#include <map>
#include <mutex>
#include <optional>

namespace cinnabar::testing {

class FakeHost {
 public:
  struct LogLine {
    Level level;
    std::string text;
  };
  // A call that the plugin made to a service.
  struct Invocation {
    std::string interface_id;
    std::string name;
    std::string method;
    std::string owner;
    std::string request;  // JSON
  };
  using Query = std::function<Rows(std::string_view sql, const std::vector<Json>& params)>;

  FakeHost() : host_(&raw_) {}
  FakeHost(const FakeHost&) = delete;
  FakeHost& operator=(const FakeHost&) = delete;

  Host& host() { return host_; }

  // Both clocks; the business clock may be moved apart from the real one.
  void advance_ms(std::int64_t ms) { now_ms_ += ms; }
  void shift_business_ms(std::int64_t ms) { shift_ms_ += ms; }
  void set_config(std::string json) { config_ = std::move(json); }
  // What `host.query` answers.
  void on_query(Query query) { query_ = std::move(query); }
  // Tables to query, as MemoryDatabase has them; must outlive the plugin.
  template <class Database>
  void use_database(Database& database) {
    on_query([&database](std::string_view sql, const std::vector<Json>& params) {
      return database.query(sql, params);
    });
  }
  // A service that the plugin calls under that name; without one, under every name that was not
  // added.
  template <class I>
  void add_service(I& implementation, const std::string& name = {}) {
    services_[{std::string(interface_id<I>()), name}] =
        std::make_unique<cinnabar_service>(service_table(&implementation));
  }
  void add_table(std::string_view interface_id, const void* table) {
    tables_[std::string(interface_id)] = table;
  }

  const std::vector<LogLine>& log() const { return log_; }
  // Calls to services, those among them that nobody answered.
  const std::vector<Invocation>& invocations() const { return invocations_; }
  // What was committed outside of requests.
  const std::vector<WriteSet>& commits() const { return commits_; }
  const std::map<std::string, std::string>& blobs() const { return blobs_; }

 private:
  static FakeHost& of(void* self) { return *static_cast<FakeHost*>(self); }

  static cinnabar_host table(FakeHost* self) {
    return {sizeof(cinnabar_host),
            self,
            do_log,
            do_now,
            do_random,
            do_invoke,
            do_table,
            do_query,
            do_commit,
            do_blob_put,
            do_blob_read,
            do_data_folder,
            do_config};
  }

  static void do_log(void* self, std::int32_t level, cinnabar_bytes message) {
    const std::lock_guard lock(of(self).mutex_);
    of(self).log_.push_back({static_cast<Level>(level), std::string(view(message))});
  }
  static std::int64_t do_now(void* self, std::int32_t clock) {
    return of(self).now_ms_ + (clock == CINNABAR_CLOCK_BUSINESS ? of(self).shift_ms_ : 0);
  }
  // A small generator (xorshift64): unlike real randomness, the same in every run.
  static cinnabar_status do_random(void* self, char* out, std::size_t size) {
    const std::lock_guard lock(of(self).mutex_);
    std::uint64_t& x = of(self).random_;
    for (std::size_t i = 0; i < size; ++i) {
      x ^= x << 13;
      x ^= x >> 7;
      x ^= x << 17;
      out[i] = static_cast<char>(x >> 32);
    }
    return CINNABAR_OK;
  }
  static cinnabar_status do_invoke(void* self, const cinnabar_call* call,
                                   cinnabar_bytes interface_id, cinnabar_bytes name,
                                   cinnabar_bytes method, const cinnabar_message* request,
                                   const cinnabar_reply* reply) {
    {
      const std::lock_guard lock(of(self).mutex_);
      of(self).invocations_.push_back(
          {std::string(view(interface_id)), std::string(view(name)), std::string(view(method)),
           std::string(view(call->owner)), std::string(view(request->json))});
    }
    const auto& services = of(self).services_;
    auto found = services.find({std::string(view(interface_id)), std::string(view(name))});
    if (found == services.end()) found = services.find({std::string(view(interface_id)), {}});
    if (found == services.end()) return CINNABAR_UNSUPPORTED;
    return found->second->invoke(found->second->self, call, method, request, reply);
  }
  static const void* do_table(void* self, cinnabar_bytes interface_id, cinnabar_bytes) {
    const auto found = of(self).tables_.find(std::string(view(interface_id)));
    return found == of(self).tables_.end() ? nullptr : found->second;
  }
  static cinnabar_status do_query(void* self, const cinnabar_call*, cinnabar_bytes sql,
                                  const cinnabar_value* params, std::size_t count,
                                  const cinnabar_rows* rows) {
    if (!of(self).query_) return CINNABAR_UNSUPPORTED;
    return guarded(nullptr, [&] {
      std::vector<Json> values;
      for (std::size_t i = 0; i < count; ++i)
        values.push_back(cinnabar::detail::json_of(params[i]));
      const Rows result = of(self).query_(view(sql), values);
      std::vector<cinnabar_bytes> names;
      for (const std::string& name : result.columns) names.push_back(bytes_of(name));
      rows->columns(rows->self, names.data(), names.size());
      for (const auto& row : result.rows) {
        std::vector<cinnabar_value> cells;
        for (const Json& cell : row) cells.push_back(cinnabar::detail::value_of(cell));
        rows->row(rows->self, cells.data(), cells.size());
      }
    });
  }
  static cinnabar_status do_commit(void* self, const cinnabar_call*, cinnabar_bytes write_set,
                                   const cinnabar_reply* reply) {
    return guarded(reply, [&] {
      auto writes = from_json<WriteSet>(view(write_set));
      const std::lock_guard lock(of(self).mutex_);
      of(self).commits_.push_back(std::move(writes));
    });
  }
  // Ids are numbered here; the real ones are digests.
  static cinnabar_status do_blob_put(void* self, cinnabar_bytes content,
                                     const cinnabar_reply* reply) {
    return guarded(reply, [&] {
      const std::lock_guard lock(of(self).mutex_);
      std::string digits = std::to_string(of(self).blobs_.size());
      const std::string id = "sha256:" + std::string(64 - digits.size(), '0') + digits;
      of(self).blobs_[id] = std::string(view(content));
      const std::string document = to_json(Json(id));
      reply->json(reply->self, bytes_of(document));
    });
  }
  static cinnabar_status do_blob_read(void* self, cinnabar_bytes id, std::uint64_t offset,
                                      std::uint64_t size, const cinnabar_sink* sink) {
    const std::lock_guard lock(of(self).mutex_);
    const auto found = of(self).blobs_.find(std::string(view(id)));
    if (found == of(self).blobs_.end() || offset > found->second.size()) return CINNABAR_REFUSED;
    return sink->write(sink->self, bytes_of(std::string_view(found->second).substr(offset, size)));
  }
  static cinnabar_status do_data_folder(void* self, const cinnabar_sink* sink) {
    return guarded(nullptr, [&] {
      auto& folder = of(self).folder_;
      if (!folder) folder.emplace();
      cinnabar::detail::write_sink(sink, folder->path.string());
    });
  }
  static cinnabar_status do_config(void* self, const cinnabar_sink* sink) {
    return sink->write(sink->self, bytes_of(of(self).config_));
  }

  cinnabar_host raw_ = table(this);
  Host host_;
  std::int64_t now_ms_ = 1'700'000'000'000;
  std::int64_t shift_ms_ = 0;
  std::uint64_t random_ = 0x9e3779b97f4a7c15;
  std::string config_;
  std::optional<TestFolder> folder_;  // made when it is first asked for
  Query query_;
  std::map<std::pair<std::string, std::string>, std::unique_ptr<cinnabar_service>> services_;
  std::map<std::string, const void*> tables_;
  std::mutex mutex_;
  std::vector<LogLine> log_;
  std::vector<Invocation> invocations_;
  std::vector<WriteSet> commits_;
  std::map<std::string, std::string> blobs_;
};

}  // namespace cinnabar::testing
