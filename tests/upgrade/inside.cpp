// test.inside: routes, a channel, a job and a subscription of which each says which version ran.
// Built once for each MAJOR version. Asked to by files in its data folder it fails at its start
// ("fail"), ends the process there ("crash"), and keeps requests until they may go ("go").
#include <cinnabar/domain_plugin.hpp>
#include <cinnabar/plugin.hpp>
#include <cinnabar/services/auth_method.hpp>
#include <cinnabar/services/notification_channel.hpp>

#include <condition_variable>
#include <csignal>
#include <filesystem>

namespace cinnabar {
namespace {

struct Seen {
  int route = MAJOR;  // who answers the request
  int channel = 0;    // whom it met, twice
  int channel_again = 0;
  int outside = 0;
};
CINNABAR_DESCRIBE(Seen, route, channel, channel_again, outside)

struct Done {
  std::vector<int> jobs, events;  // by which version each was done
};
CINNABAR_DESCRIBE(Done, jobs, events)

class Inside final : public DomainPlugin, public NotificationChannel {
 public:
  using Interfaces = Provides<Domain, NotificationChannel>;

  explicit Inside(Host& host) : DomainPlugin(host) {
    using Self = Inside;
    route("GET", "/upgrade-test", "upgrade_test.see", this, &Self::see).open();
    route("GET", "/upgrade-test/slow", "upgrade_test.slow", this, &Self::slow).open();
    route("GET", MAJOR == 1 ? "/upgrade-test/first" : "/upgrade-test/second", "upgrade_test.only",
          this, &Self::see)
        .open();
    route("POST", "/upgrade-test/work/{id}", "upgrade_test.work", this, &Self::work).open();
    route("GET", "/upgrade-test/done", "upgrade_test.done", this, &Self::done).open();
    job("note", this, &Self::run_note);
    on("upgrade_test.happened", this, &Self::on_happened);
  }

  void start() {
    if (asked("fail")) throw failure("asked to fail");
    if (asked("crash")) std::raise(SIGKILL);
  }

  Answer<Seen> see(const Request& request) {
    Seen seen;
    seen.channel = met(request.call);
    BeginRequest begin;
    seen.outside = static_cast<int>(
        host().service<AuthMethod>(request.call, "upgrade-test").begin(begin).prompt.integer());
    seen.channel_again = met(request.call);
    return {seen};
  }

  // Meets the channel after it was let go: the version that this request began with.
  Answer<Seen> slow(const Request& request) {
    host().log(Level::info, "a slow request waits");
    std::unique_lock lock(mutex_);
    while (!asked("go") && !request.call.cancelled())
      woken_.wait_for(lock, std::chrono::milliseconds(5));
    return see(request);
  }

  Answer<Nothing> work(const Request& request) {
    const std::string& id = request.param("id");
    Answer<Nothing> answer;
    answer.writes.jobs.push_back({"note", "ent_upgrade", id, {}, Json(id)});
    answer.writes.events.push_back({"upgrade_test.happened", id, "ent_upgrade", "", Json(id)});
    return answer;
  }

  Answer<Done> done(const Request& request) {
    const auto all = [&](const char* table) {
      std::vector<int> majors;
      for (const auto& row :
           host().query(request.call, std::string("SELECT major FROM ") + table).rows)
        majors.push_back(static_cast<int>(row[0].integer()));
      return majors;
    };
    return {{all("upgtest_job"), all("upgtest_event")}};
  }

  WriteSet run_note(const JobCall& job, const Call&) {
    WriteSet writes;
    if (MAJOR == 1)
      writes.run("INSERT INTO upgtest_job (id, major) VALUES (?, 1)", {job.data}, 1);
    else
      writes.run("INSERT INTO upgtest_job (id, major, note) VALUES (?, 2, 'new')", {job.data}, 1);
    return writes;
  }

  WriteSet on_happened(const StoredEvent& event, const Call&) {
    WriteSet writes;
    writes.run("INSERT INTO upgtest_event (id, major) VALUES (?, ?)", {event.data, Json(MAJOR)}, 1);
    return writes;
  }

  Receipt deliver(const Notification&, const Call&) override {
    return {true, std::to_string(MAJOR), {}};
  }

 private:
  int met(const Call& call) {
    return std::stoi(host().service<NotificationChannel>(call, "upgrade-test").deliver({}).detail);
  }
  bool asked(const char* what) const {
    return std::filesystem::exists(host().data_folder() + "/" + what);
  }

  std::mutex mutex_;
  std::condition_variable woken_;
};

}  // namespace
}  // namespace cinnabar

CINNABAR_PLUGIN(cinnabar::Inside)
