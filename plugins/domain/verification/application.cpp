#include "application.hpp"

#include <cinnabar/services/notifier.hpp>

namespace cinnabar {

Application::Application(Host& host, const Call& call, const std::string& enterprise, bool found)
    : host_(host), store_(host, call, enterprise) {
  if (auto known = store_.find(kApplications, "owner = ?", {enterprise})) {
    row = std::move(*known);
    seen_ = row.version;
  } else if (found) {
    throw Error("verification.none", {{"enterprise", enterprise}});
  } else {
    row.owner = enterprise;
    row.created = host.now();
  }
}

void Application::write() {
  row.version = seen_ + 1;
  if (seen_ == 0)
    store_.insert(writes, kApplications, row);
  else
    store_.update(writes, kApplications, row, "owner = ? AND version = ?", {row.owner, seen_});
  writes.changed_owners.push_back(row.owner);
}

void Application::save() { write(); }

void Application::step(Step by, const std::string& actor) {
  row.stage = next_stage(row.stage, by);
  if (row.stage == Stage::verified) row.verified = host_.now();
  write();
  event(row.stage == Stage::verified ? "enterprise.verified" : "enterprise.verification_moved",
        actor,
        Json::object().set("stage", std::string(name_of(row.stage))).set("evidence", row.evidence));
}

void Application::event(const char* type, const std::string& actor, Json data) {
  writes.events.push_back({type, row.owner, row.owner, actor, std::move(data)});
}

void Application::review(const char* what, const std::vector<std::string>& files) {
  const ReviewRow review{host_.new_id("rev"), row.owner, what, files, ReviewState::waiting, {}, {},
                         host_.now(), std::nullopt};
  store_.insert(writes, kReviews, review);
}

void Application::tell(const Call& call, const char* kind, const std::string& title,
                       const std::string& text) {
  Notification message;
  message.kind = kind;
  message.person = row.applicant;
  message.enterprise = row.owner;
  message.title = title;
  message.text = text;
  writes.merge(host_.service<Notifier>(call).notify({{message}}).writes);
}

}  // namespace cinnabar
