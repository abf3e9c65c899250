// FakeWorld: the kernel's part for scenario tests of this plugin. The plugin is created through its
// entry, gets a database in memory with its own migration, blobs in a map and the stand-in
// services, and is called as the kernel would call it: route, grants, write-set, commit, and again
// on a conflict. One thread.
#pragma once

#include <gtest/gtest.h>

#include "fake_services.hpp"

#include <cinnabar/plugin.hpp>

#include <functional>

struct sqlite3;
extern "C" const cinnabar_plugin* cinnabar_plugin_v1();

namespace cinnabar::contract {

class FakeWorld {
 public:
  FakeWorld();
  ~FakeWorld();
  FakeWorld(const FakeWorld&) = delete;
  FakeWorld& operator=(const FakeWorld&) = delete;

  FakeDocuments documents;
  FakeSignatures signatures;
  FakeAuthority authority;
  FakeOrganisation organisation;
  FakeSeals seals;
  FakeSealType seal_type;
  FakeMethod method;
  FakeNotifier notifier;
  testing::FakeHooks hooks;
  FakeBindings bindings;

  std::int64_t business_ms = 1'770'000'000'000;
  std::int64_t real_ms = 1'770'000'000'000;
  std::vector<EventDraft> events;
  std::vector<JobDraft> jobs;
  std::map<std::string, std::string> blobs;
  // Run once, between a command's computing and its commit: where somebody else may be faster.
  std::function<void()> before_commit;

  // A request as `subject`; `object` is the path's parameter that names one. Returns the answer,
  // whose problem (if any) is thrown after its writes were committed.
  HttpAnswer request(const SubjectInfo& subject, const std::string& route,
                     const std::string& object = {}, const Json& body = Json(),
                     const std::map<std::string, std::string>& query = {},
                     const std::map<std::string, std::string>& params = {});
  Json call(const SubjectInfo& subject, const std::string& route, const std::string& object = {},
            const Json& body = Json()) {
    return from_json<Json>(request(subject, route, object, body).body.view());
  }
  // The code with which the request is refused; empty: it is not.
  std::string refusal(const SubjectInfo& subject, const std::string& route,
                      const std::string& object = {}, const Json& body = Json());
  std::string upload(const SubjectInfo& subject, const std::string& content);
  // Runs the jobs of that kind that are due.
  void run_due(const std::string& kind);
  WriteSet writes_of(const JobDraft& job);
  void run_job(const JobDraft& job) { commit(writes_of(job)); }
  // The plugin anew, over the same database, with that configuration.
  void restart(std::string config);
  void deliver_events();  // to the plugin's own subscriptions

  template <class I>
  Client<I> service(const Call& call) {
    return Client<I>(std::make_shared<Route>(*this, call.raw(), interface_id<I>()));
  }
  Rows query(const std::string& sql, const std::vector<Json>& params = {});
  std::vector<std::string> event_types(const std::string& aggregate) const;
  void commit(const WriteSet& writes);
  cinnabar_status invoke(const cinnabar_call* call, std::string_view interface_id,
                         std::string_view method, const cinnabar_message& request,
                         const cinnabar_reply* reply);

  // How far the permission of whoever asks goes.
  ReachInfo reach{"enterprise", {}};

 private:
  class Route final : public ServiceRoute {
   public:
    Route(FakeWorld& world, const cinnabar_call* call, std::string_view interface_id)
        : world_(world), call_(call), interface_id_(interface_id) {}
    cinnabar_status invoke(std::string_view method, const cinnabar_message& request,
                           const cinnabar_reply* reply) const override {
      return world_.invoke(call_, interface_id_, method, request, reply);
    }

   private:
    FakeWorld& world_;
    const cinnabar_call* call_;
    std::string_view interface_id_;
  };
  struct Grant {
    std::string object, grantee, role, owner;
  };

  ObjectInfo authorise(const SubjectInfo& subject, const std::string& object) const;
  HttpAnswer handle(const HttpCall& http);
  void bind_services();
  void start();

  sqlite3* db_ = nullptr;
  cinnabar_host host_;
  void* plugin_ = nullptr;
  std::map<std::string, cinnabar_service> services_;
  std::vector<Grant> grants_;
  std::string config_;
  std::size_t delivered_ = 0;
  std::string upload_;
  std::uint32_t random_ = 1;
};

}  // namespace cinnabar::contract
