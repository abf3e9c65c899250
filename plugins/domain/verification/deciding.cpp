#include "deciding.hpp"

#include <cinnabar/services/identity.hpp>
#include <cinnabar/services/organisation.hpp>

#include <algorithm>

namespace cinnabar {
namespace {

constexpr int kReviewsShown = 50;

ReviewView view_of(const ReviewRow& row) {
  return {row.id, row.owner, row.what, row.files, row.state, row.reason, row.created};
}

ReviewRow found(const Host& host, const Call& call, const std::string& id) {
  auto row = Store(host, call, {}).find(kAllReviews, "id = ?", {id});
  if (!row) throw Error("verification.review_unknown");
  return std::move(*row);
}

}  // namespace

Answer<ReviewList> Deciding::list(const Request& request) {
  const std::string state = request.query("state").empty() ? "waiting" : request.query("state");
  if (!enum_from<ReviewState>(state))
    throw Error("request.invalid", {{"reason", "must be waiting, approved or rejected"}}, "/state");
  Answer<ReviewList> answer;
  for (const ReviewRow& row : Store(host_, request.call, {})
                                  .list(kAllReviews,
                                        "state = ? AND id > ? ORDER BY id LIMIT " +
                                            std::to_string(kReviewsShown + 1),
                                        {state, request.query("cursor")})) {
    if (static_cast<int>(answer.body.reviews.size()) == kReviewsShown) {
      answer.body.next = answer.body.reviews.back().id;
      break;
    }
    answer.body.reviews.push_back(view_of(row));
  }
  return answer;
}

Answer<ReviewView> Deciding::approve(const Request& request) { return decide(request, true, {}); }

Answer<ReviewView> Deciding::reject(const Rejection& in, const Request& request) {
  return decide(request, false, in.reason);
}

Answer<ReviewView> Deciding::decide(const Request& request, bool approved,
                                    const std::string& reason) {
  const Call& call = request.call;
  ReviewRow review = found(host_, call, request.param("review"));
  if (review.state != ReviewState::waiting) throw Error("verification.decided");
  const CallAs as(call, review.owner);
  const Call owner_call = as.call();
  Application to(host_, owner_call, review.owner);
  review.state = approved ? ReviewState::approved : ReviewState::rejected;
  review.reason = reason;
  review.decided_by = request.subject().person;
  review.decided = host_.now();
  to.row.reason = reason;
  to.step(!approved                       ? Step::reject
          : by_letter_only(to.row.kind) ? Step::approve_other
                                        : Step::approve,
          request.subject().person);
  to.store().update(to.writes, kReviews, review, "id = ? AND state = ?", {review.id, "waiting"});
  to.tell(owner_call, approved ? "verification.approved" : "verification.rejected",
          approved ? "企业认证审核通过 / The review was passed"
                   : "企业认证审核未通过 / The review was not passed",
          approved ? to.row.name : to.row.name + "：" + reason);
  return {view_of(review), std::move(to.writes)};
}

FileAnswer Deciding::file(const Request& request) {
  const ReviewRow review = found(host_, request.call, request.param("review"));
  const std::string& number = request.param("number");
  for (std::size_t i = 0; i < review.files.size(); ++i)
    if (std::to_string(i + 1) == number) {
      const auto file =
          Store(host_, request.call, review.owner).find(kFiles, "id = ?", {review.files[i]});
      if (file) return {file->type, "proof-" + number, {}, {file->blob_id}, {}, {}, {}, 0};
    }
  throw Error("verification.file_unknown");
}

void Deciding::use_face(const Request& request, const char* purpose, WriteSet& writes) const {
  const auto& roles = request.object().roles;
  if (std::find(roles.begin(), roles.end(), "legal_representative") == roles.end())
    throw Error("verification.not_legal_representative");
  FaceCheck face = host_.service<Identity>(request.call)
                       .face_check({request.subject().person, purpose, request.object().id, 600});
  if (!face.passed) throw Error("verification.face_first", {{"purpose", purpose}});
  writes.merge(std::move(face.writes));
}

Answer<Nothing> Deciding::change_administrator(const NewAdministrator& in,
                                               const Request& request) {
  const std::string& enterprise = request.object().id;
  Application to(host_, request.call, enterprise);
  if (to.row.stage != Stage::verified) throw Error("verification.not_verified");
  const auto organisation = host_.service<Organisation>(request.call);
  if (!organisation.membership({enterprise, in.person}).member ||
      host_.service<Identity>(request.call).verified({{in.person}}).people.empty())
    throw Error("verification.not_real_name", {{"person", in.person}}, "/person");
  use_face(request, kAdministratorPurpose, to.writes);
  to.writes.merge(
      organisation.appoint({enterprise, "super_administrator", in.person}).writes);
  to.event("enterprise.administrator_changed", request.subject().person,
           Json::object().set("person", in.person));
  return {{}, std::move(to.writes)};
}

Answer<CancellationView> Deciding::cancel(const Request& request) {
  const std::string& enterprise = request.object().id;
  Application to(host_, request.call, enterprise);
  if (to.row.stage != Stage::verified) throw Error("verification.not_verified");
  if (to.store().find(kCancellations, "owner = ?", {enterprise}))
    throw Error("verification.ending");
  use_face(request, kCancelPurpose, to.writes);
  const CancellationRow row{enterprise, request.subject().person,
                            Time{host_.now().ms + kCancelAfterMs}};
  to.store().insert(to.writes, kCancellations, row);
  to.writes.jobs.push_back({kEndJob, enterprise, enterprise, row.due, Json::object()});
  to.event("enterprise.cancellation_asked", request.subject().person,
           Json::object().set("due", to_rfc3339(row.due)));
  return {{row.due}, std::move(to.writes)};
}

Answer<Nothing> Deciding::revoke(const Request& request) {
  const std::string& enterprise = request.object().id;
  Application to(host_, request.call, enterprise);
  const auto row = to.store().find(kCancellations, "done = ?", {false});
  if (!row) throw Error("verification.not_ending");
  to.store().remove(to.writes, kCancellations, "owner = ? AND version = ? AND done = ?",
                    {enterprise, row->version, false}, 1);
  to.event("enterprise.cancellation_revoked", request.subject().person);
  return {{}, std::move(to.writes)};
}

WriteSet Deciding::end(const JobCall& job, const Call& call) {
  Application to(host_, call, job.owner);
  auto row = to.store().find(kCancellations, "done = ?", {false});
  // Revoked, or asked for anew: then another job comes.
  if (!row || host_.now().ms < row->due.ms) return {};
  row->done = true;
  ++row->version;
  to.store().update(to.writes, kCancellations, *row, "owner = ? AND version = ?",
                    {row->owner, row->version - 1});
  to.writes.changed_owners.push_back(job.owner);
  to.event("enterprise.cancelled", row->person);
  return std::move(to.writes);
}

}  // namespace cinnabar
