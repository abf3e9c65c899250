#include "faces.hpp"

namespace cinnabar {
namespace {

FaceView view_of(const FaceRow& row, std::string url = {}) {
  return {row.id, row.purpose, row.subject, row.state, std::move(url), row.expires};
}

}  // namespace

Answer<FaceView> Faces::begin(const NewFaceCheck& in, const Request& request) {
  const Call& call = request.call;
  const auto who = names_.elements(request.subject().person, call);
  if (!who) throw Error("identity.not_verified");
  FaceRow row;
  row.id = host_.new_id("fac");
  row.person = request.subject().person;
  row.purpose = in.purpose;
  row.subject = in.subject;
  row.provider = names_.provider(call);
  const BegunFace begun = host_.service<IdentityProvider>(call, row.provider)
                              .begin_face({*who, row.id, in.purpose});
  row.token = begun.token;
  row.begun = host_.now(Clock::real);
  row.expires = Time{row.begun.ms + begun.expires_in_s * 1000};
  Answer<FaceView> answer;
  answer.body = view_of(row, begun.url);
  Store(host_, call, {}).insert(answer.writes, kFaces, row);
  return answer;
}

Answer<FaceView> Faces::finish(const Request& request) {
  const Call& call = request.call;
  const Store store(host_, call, {});
  const Time now = host_.now(Clock::real);
  auto row = store.find(kFaces, "id = ? AND person = ? AND state = ? AND expires > ?",
                        {request.param("check"), request.subject().person, "begun", now.ms});
  const auto who = names_.elements(request.subject().person, call);
  if (!row || !who) throw Error("identity.face_unknown");
  const IdentityAnswer told = host_.service<IdentityProvider>(call, row->provider)
                                  .face_result({*who, row->token, row->id});
  if (told.outcome == IdentityOutcome::unknown)
    throw Error("identity.unknown", {}, {}, CINNABAR_UNAVAILABLE);
  const bool passed = told.outcome == IdentityOutcome::accepted;
  row->state = passed ? FaceState::passed : FaceState::refused;
  row->evidence = told.evidence;
  if (passed) row->passed = now;
  ++row->version;
  Answer<FaceView> answer;
  store.update(answer.writes, kFaces, *row, "id = ? AND version = ?",
               {row->id, row->version - 1});
  answer.writes.events.push_back({passed ? "person.face_passed" : "person.face_refused",
                                  row->person, row->person, row->person,
                                  Json::object()
                                      .set("check", row->id)
                                      .set("purpose", row->purpose)
                                      .set("subject", row->subject)
                                      .set("provider", row->provider)
                                      .set("evidence", row->evidence)});
  answer.body = view_of(*row);
  if (!passed) answer.problem = Error("identity.face_refused", {{"reason", told.reason}});
  return answer;
}

FaceCheck Faces::use(const FaceCheckRequest& in, const Call& call) const {
  const Store store(host_, call, {});
  const std::int64_t since = host_.now_ms(Clock::real) - in.age_max_s * 1000;
  auto row = store.find(kFaces,
                        "person = ? AND purpose = ? AND subject = ? AND state = ? AND passed >= ? "
                        "ORDER BY passed DESC LIMIT 1",
                        {in.person, in.purpose, in.subject, "passed", since});
  if (!row) return {};
  FaceCheck out{true, row->id, row->provider, row->evidence, row->passed, {}};
  row->state = FaceState::used;
  ++row->version;
  store.update(out.writes, kFaces, *row, "id = ? AND version = ?", {row->id, row->version - 1});
  return out;
}

}  // namespace cinnabar
