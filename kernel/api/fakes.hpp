// Stand-ins for what the API works with, for tests: tables that answer simple SELECTs, one domain
// made of functions, contents in memory. Any thread.
#pragma once

#include "kernel/api/api.hpp"
#include "kernel/api/router.hpp"

#include <cinnabar/services/caller.hpp>

#include <algorithm>
#include <mutex>

namespace cinnabar::kernel {

using FakeRow = std::map<std::string, Json>;

// A database whose tables hold maps. Understands "SELECT a, b FROM t WHERE c = ? AND d IN (?, ?)".
class FakeDatabase {
 public:
  FakeDatabase() { table_ = {sizeof table_, this, &FakeDatabase::query, nullptr, nullptr}; }
  const cinnabar_database* table() const { return &table_; }
  void add(const std::string& table, FakeRow row) {
    const std::lock_guard lock(mutex_);
    rows_[table].push_back(std::move(row));
  }
  void remove(const std::string& table) {
    const std::lock_guard lock(mutex_);
    rows_[table].clear();
  }
  std::size_t count(const std::string& table) {
    const std::lock_guard lock(mutex_);
    return rows_[table].size();
  }
  std::vector<FakeRow> select(const std::string& table) {
    const std::lock_guard lock(mutex_);
    return rows_[table];
  }

 private:
  static std::vector<std::string> words(std::string_view sql) {
    std::vector<std::string> out;
    std::string word;
    for (const char c : std::string(sql) + " ") {
      if (c == ' ' || c == ',' || c == '(' || c == ')') {
        if (!word.empty()) out.push_back(std::exchange(word, {}));
      } else {
        word += c;
      }
    }
    return out;
  }

  static bool matches(const FakeRow& row, const std::vector<std::string>& words, std::size_t at,
                      const cinnabar_value* params) {
    std::string column;
    bool any = true;
    for (; at < words.size(); ++at) {
      if (words[at] == "AND" || words[at] == "WHERE") {
        if (!any) return false;
        any = false;
      } else if (words[at] == "?") {
        any = any || row.at(column) == detail::json_of(*params);
        ++params;
      } else if (words[at] != "=" && words[at] != "IN") {
        column = words[at];
      }
    }
    return any;
  }

  static cinnabar_status query(void* self, cinnabar_bytes sql, const cinnabar_value* params,
                               std::size_t, const cinnabar_rows* out, const cinnabar_sink*) {
    auto& fake = *static_cast<FakeDatabase*>(self);
    const auto all = words(view(sql));
    const auto from = std::find(all.begin(), all.end(), "FROM");
    if (from == all.end()) return CINNABAR_OK;  // SELECT 1
    const std::lock_guard lock(fake.mutex_);
    for (const FakeRow& row : fake.rows_[*(from + 1)]) {
      if (!matches(row, all, static_cast<std::size_t>(from - all.begin()) + 2, params)) continue;
      std::vector<cinnabar_value> cells;
      for (auto column = all.begin() + 1; column != from; ++column)
        cells.push_back(detail::value_of(row.at(*column)));
      out->row(out->self, cells.data(), cells.size());
    }
    return CINNABAR_OK;
  }

  cinnabar_database table_;
  std::mutex mutex_;
  std::map<std::string, std::vector<FakeRow>> rows_;
};

// Enterprises with one role for each set of permissions ("thing.view", or "thing.view/own").
class FakeStandings {
 public:
  void add(const std::string& enterprise, std::string person,
           const std::vector<std::string>& permissions, std::string department = {}) {
    Standing& standing = standings_[enterprise];
    StandingRole role{"role_" + std::to_string(standing.roles.size()), {}};
    for (const std::string& one : permissions) {
      const std::size_t slash = one.find('/');
      role.rights.push_back({one.substr(0, slash),
                             slash == std::string::npos ? "enterprise" : one.substr(slash + 1)});
    }
    standing.members.push_back({std::move(person), std::move(department),
                                {static_cast<int>(standing.roles.size())}});
    standing.roles.push_back(std::move(role));
  }
  Standing& of(const std::string& enterprise) { return standings_[enterprise]; }
  StandingCache::Read read() {
    return [this](CallContext&, const std::string& enterprise) {
      ++reads;
      const auto found = standings_.find(enterprise);
      return found == standings_.end() ? Standing() : found->second;
    };
  }

  int reads = 0;

 private:
  std::map<std::string, Standing> standings_;
};

// A domain of routes and one function.
class FakeDomain final : public Domain {
 public:
  DomainDescription describe(const DescribeRequest&, const Call&) override { return description; }
  HttpAnswer handle(const HttpCall& http, const Call& call) override { return handler(http, call); }
  WriteSet on_event(const StoredEvent&, const Call&) override { return {}; }
  WriteSet run_job(const JobCall&, const Call&) override { return {}; }

  DomainDescription description;
  std::function<HttpAnswer(const HttpCall&, const Call&)> handler;
};

// Knows one program by its Authorization header.
class FakeCallers final : public Callers {
 public:
  Caller identify(const CallerRequest& request, const Call&) override {
    requests.push_back(request);
    if (request.authorization != known) return {};
    return caller;
  }
  std::string known = "Signed it";
  Caller caller{"per_ming", "ent_red", "key_1", {"thing.view"}, {}};
  std::vector<CallerRequest> requests;
};

// A registry with that one domain, which owners may have switched off.
class FakeRegistry final : public Registry {
 public:
  explicit FakeRegistry(FakeDomain& domain)
      : domain_(domain), service_(service_table<Domain>(&domain)) {
    manifest_.id = "test.domain";
    manifest_.table_prefix = "test_";
    provider_.interface_id = "cinnabar.domain/1";
    provider_.name = "test";
    provider_.manifest = &manifest_;
    provider_.table = &service_;
  }
  std::shared_ptr<const Generation> generation() const override {
    auto generation = std::make_shared<Generation>();
    generation->domains.push_back({&provider_, domain_.description});
    generation->routes = make_routes(generation->domains);
    return generation;
  }
  std::shared_ptr<const Snapshot> snapshot(std::string_view owner,
                                           const std::shared_ptr<const Generation>&) override {
    return std::make_shared<FakeSnapshot>(*this, std::string(owner));
  }
  cinnabar_status invoke(const Snapshot&, const cinnabar_call& call, std::string_view interface,
                         std::string_view, std::string_view method, const cinnabar_message& request,
                         const cinnabar_reply* reply) override {
    const cinnabar_service& service =
        interface == interface_id<Callers>() ? callers_service_ : service_;
    return service.invoke(service.self, &call, bytes_of(method), &request, reply);
  }
  void use(FakeCallers& callers) {
    callers_service_ = service_table<Callers>(&callers);
    callers_provider_.manifest = &callers_manifest;
    callers_.provider = &callers_provider_;
  }

  Manifest callers_manifest;
  std::string switched_off = "nobody";
  std::int64_t epoch = 1;  // of every owner

 private:
  class FakeSnapshot final : public Snapshot {
   public:
    FakeSnapshot(const FakeRegistry& registry, std::string owner)
        : owner_(std::move(owner)),
          enabled_(owner_ != registry.switched_off),
          epoch_(registry.epoch),
          callers_(registry.callers_) {}
    std::int64_t epoch() const override { return epoch_; }
    const std::string& owner() const override { return owner_; }
    const Binding* find(std::string_view interface, std::string_view) const override {
      return interface == interface_id<Callers>() && callers_.provider ? &callers_ : nullptr;
    }
    std::vector<std::string> names(std::string_view interface) const override {
      return find(interface, "") ? std::vector<std::string>{"callers"} : std::vector<std::string>{};
    }
    bool plugin_enabled(std::string_view) const override { return enabled_; }

   private:
    std::string owner_;
    bool enabled_;
    std::int64_t epoch_;
    Binding callers_;
  };
  Provider callers_provider_;
  cinnabar_service callers_service_{};
  Binding callers_;

  FakeDomain& domain_;
  cinnabar_service service_;
  Manifest manifest_;
  Provider provider_;
};

class FakeContent final : public ContentStore {
 public:
  std::string stage() override { return "/nowhere/staged"; }
  std::string offer(const std::string&, const std::string& sha256) override {
    return "sha256:" + sha256;
  }
  void publish(const std::vector<std::string>& ids) override { published = ids; }
  void settle(const std::vector<std::string>& ids) override { settled = ids; }
  std::int64_t size(const std::string& id) override {
    return static_cast<std::int64_t>(contents.at(id).size());
  }
  std::string read(const std::string& id, std::int64_t offset, std::int64_t size) override {
    return contents.at(id).substr(static_cast<std::size_t>(offset), static_cast<std::size_t>(size));
  }

  std::map<std::string, std::string> contents;
  std::vector<std::string> published, settled;
};

}  // namespace cinnabar::kernel
