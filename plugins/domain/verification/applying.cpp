#include "applying.hpp"

#include <cinnabar/digest_state.hpp>
#include <cinnabar/services/enterprise_verifier.hpp>
#include <cinnabar/services/identity.hpp>
#include <cinnabar/services/kernel.hpp>
#include <cinnabar/services/notifier.hpp>
#include <cinnabar/services/organisation.hpp>

#include <algorithm>

namespace cinnabar {
namespace {

constexpr std::size_t kTokenSize = 32;

std::string token_of(std::string_view bytes) { return to_hex(bytes); }
std::string digest_of(std::string_view token) { return to_hex(sha256(token)); }

const std::string& actor_of(const Request& request) { return request.subject().person; }

Error unknown_now() {
  return Error("verification.no_answer", {}, {}, CINNABAR_UNAVAILABLE);
}

}  // namespace

std::string Applying::verifier(const Call& call) const {
  const auto names = host_.service<Bindings>(call)
                         .names({std::string(interface_id<EnterpriseVerifier>())}).names;
  if (names.empty()) throw Error("verification.no_verifier", {}, {}, CINNABAR_UNAVAILABLE);
  return names.front();
}

Answer<ProofView> Applying::upload(const Request& request) {
  const HttpCall& http = request.http;
  const std::string content =
      http.upload.empty() ? http.body.text() : host_.blob_read(http.upload);
  // By what it is, not by what it is called.
  const char* type = content.starts_with("\x89PNG\r\n")     ? "image/png"
                     : content.starts_with("\xff\xd8\xff") ? "image/jpeg"
                     : content.starts_with("%PDF-")         ? "application/pdf"
                                                            : "";
  if (!*type) throw Error("verification.file_unfit");
  const FileRow row{host_.new_id("prf"), request.object().id,
                    http.upload.empty() ? host_.blob_put(content) : http.upload, type,
                    host_.now()};
  Answer<ProofView> answer;
  answer.body.file = row.id;
  Store(host_, request.call, row.owner).insert(answer.writes, kFiles, row);
  answer.writes.blobs.push_back(row.blob_id);
  return answer;
}

void Applying::check_files(const std::vector<std::string>& files, const Request& request) const {
  const Store store(host_, request.call, request.object().id);
  for (std::size_t i = 0; i < files.size(); ++i)
    if (!store.find(kFiles, "id = ?", {files[i]}))
      throw Error("verification.file_unknown", {}, "/files/" + std::to_string(i));
}

Answer<ApplicationView> Applying::view(const Request& request) {
  return {view_of(Application(host_, request.call, request.object().id).row)};
}

Answer<ApplicationView> Applying::submit(const ApplicationFields& in, const Request& request) {
  const Call& call = request.call;
  const auto known = host_.service<Organisation>(call).enterprises({{request.object().id}});
  if (known.enterprises.empty() || known.enterprises[0].name != in.name ||
      known.enterprises[0].credit_code != in.credit_code)
    throw Error("verification.differs", {}, "/name");
  if (in.way != "licence" && in.way != "merchant" && in.way != "cloud")
    throw Error("request.invalid", {{"reason", "must be licence, merchant or cloud"}}, "/way");
  if (in.way == "licence") check_files({in.licence}, request);
  Application to(host_, call, request.object().id, false);
  if (to.row.stage != Stage::filling)
    throw Error("verification.stage_unfit", {{"stage", std::string(name_of(to.row.stage))}});
  const std::string reference = host_.new_id("ver");
  const VerifierAnswer told =
      host_.service<EnterpriseVerifier>(call, verifier(call))
          .look_up({in.way,
                    {in.name, in.credit_code, in.legal_representative, in.address},
                    in.account, reference});
  if (told.outcome == VerifierOutcome::unknown) throw unknown_now();
  to.row.applicant = actor_of(request);
  to.row.kind = in.kind;
  to.row.way = in.way;
  to.row.name = in.name;
  to.row.credit_code = in.credit_code;
  to.row.legal_representative = in.legal_representative;
  to.row.address = in.address;
  to.row.licence = in.licence;
  to.row.evidence = told.evidence;
  to.row.reason = told.reason;
  Answer<ApplicationView> answer;
  if (told.outcome == VerifierOutcome::refused) {
    to.save();
    answer.problem = Error("verification.refused", {{"reason", told.reason}});
  } else {
    to.step(told.outcome == VerifierOutcome::accepted ? Step::look_up_known
                                                      : Step::look_up_unknown,
            actor_of(request));
  }
  answer.body = view_of(to.row);
  answer.writes = std::move(to.writes);
  return answer;
}

Answer<ApplicationView> Applying::prove(const Proofs& in, const Request& request) {
  check_files(in.files, request);
  Application to(host_, request.call, request.object().id);
  to.step(Step::prove, actor_of(request));
  to.review("inclusion", in.files);
  return {view_of(to.row), std::move(to.writes)};
}

std::string Applying::shown_face(const std::string& person, const std::string& purpose,
                                 const std::string& enterprise, const Call& call,
                                 WriteSet& writes) const {
  const auto identity = host_.service<Identity>(call);
  FaceCheck face = identity.face_check({person, purpose, enterprise, 600});
  if (!face.passed) throw Error("verification.face_first", {{"purpose", purpose}});
  writes.merge(std::move(face.writes));
  const auto names = identity.verified({{person}}).people;
  return names.empty() ? std::string() : names[0].name;
}

void Applying::appoint(const std::string& enterprise, const char* role, const std::string& person,
                       const Call& call, WriteSet& writes) const {
  writes.merge(host_.service<Organisation>(call).appoint({enterprise, role, person}).writes);
}

Answer<ApplicationView> Applying::by_face(const Request& request) {
  const std::string& enterprise = request.object().id;
  Application to(host_, request.call, enterprise);
  if (by_letter_only(to.row.kind)) throw Error("verification.letter_only");
  const std::string name = shown_face(actor_of(request), kAuthorisePurpose, enterprise,
                                      request.call, to.writes);
  if (name != to.row.legal_representative) throw Error("verification.not_legal_representative");
  to.step(Step::face, actor_of(request));
  appoint(enterprise, "legal_representative", actor_of(request), request.call, to.writes);
  return {view_of(to.row), std::move(to.writes)};
}

Answer<ApplicationView> Applying::invite(const LegalRepresentative& in, const Request& request) {
  const Call& call = request.call;
  Application to(host_, call, request.object().id);
  if (by_letter_only(to.row.kind)) throw Error("verification.letter_only");
  if (!may_step(to.row.stage, Step::accept))
    throw Error("verification.stage_unfit", {{"stage", std::string(name_of(to.row.stage))}});
  if (in.name != to.row.legal_representative)
    throw Error("verification.not_legal_representative", {}, "/name");
  ResolvedPerson person = host_.service<Organisation>(call).resolve_person({in.name, in.mobile});
  to.writes.merge(std::move(person.writes));
  const std::string token = token_of(host_.random(kTokenSize));
  // One invitation at a time is good: an earlier one is void.
  to.writes.run("UPDATE verification_invitation SET used = ? WHERE owner = ? AND used = ?",
                {true, to.row.owner, false});
  to.store().insert(to.writes, kInvitations,
                    InvitationRow{digest_of(token), to.row.owner, person.person.id,
                                  Time{host_.now().ms + kLinkHoursMs}});
  Notification message;
  message.kind = "verification.invitation";
  message.person = person.person.id;
  message.mobile = person.person.mobile;
  message.title = "企业认证授权邀请 / You are asked to authorise an enterprise";
  message.text = to.row.name + "：请在 24 小时内确认授权。/ Confirm within 24 hours. " + token;
  to.writes.merge(host_.service<Notifier>(call).notify({{message}}).writes);
  to.event("enterprise.legal_representative_invited", actor_of(request),
           Json::object().set("person", person.person.id));
  return {view_of(to.row), std::move(to.writes)};
}

Answer<ApplicationView> Applying::accept(const InvitationAnswer& in, const Request& request) {
  const Call& call = request.call;
  const std::string& person = actor_of(request);
  const std::string digest = digest_of(in.token);
  const auto invitation = Store(host_, call, {}).find(
      kInvitations, "token_sha256 = ? AND person = ? AND used = ? AND expires > ?",
      {digest, person, false, host_.now_ms(Clock::business)});
  if (!invitation) throw Error("verification.invitation_unknown");
  Application to(host_, call, invitation->owner);
  const std::string name =
      shown_face(person, kAuthorisePurpose, invitation->owner, call, to.writes);
  if (name != to.row.legal_representative) throw Error("verification.not_legal_representative");
  to.writes.run("UPDATE verification_invitation SET used = ? WHERE token_sha256 = ? AND used = ?",
                {true, digest, false}, 1);
  to.step(Step::accept, person);
  appoint(invitation->owner, "legal_representative", person, call, to.writes);
  to.tell(call, "verification.verified", "企业认证已通过 / The enterprise is verified",
          to.row.name);
  return {view_of(to.row), std::move(to.writes)};
}

Answer<ApplicationView> Applying::letter(const Proofs& in, const Request& request) {
  check_files(in.files, request);
  Application to(host_, request.call, request.object().id);
  to.step(Step::letter, actor_of(request));
  to.review("letter", in.files);
  return {view_of(to.row), std::move(to.writes)};
}

Answer<ApplicationView> Applying::pay(const PaymentAccount& in, const Request& request) {
  const Call& call = request.call;
  Application to(host_, call, request.object().id);
  if (to.row.stage != Stage::paying)
    throw Error("verification.stage_unfit", {{"stage", std::string(name_of(to.row.stage))}});
  if (to.row.payments >= kPaymentsMax) throw Error("verification.payments_used");
  const std::string id = host_.new_id("pay");
  const Paid paid = host_.service<EnterpriseVerifier>(call, verifier(call))
                        .pay({to.row.name, in.account, in.bank, id});
  if (paid.answer.outcome == VerifierOutcome::unknown) throw unknown_now();
  Answer<ApplicationView> answer;
  ++to.row.payments;
  to.save();
  if (paid.answer.outcome == VerifierOutcome::accepted) {
    to.writes.run("UPDATE verification_payment SET open = ? WHERE owner = ? AND open = ?",
                  {false, to.row.owner, true});
    to.store().insert(to.writes, kPayments,
                      PaymentRow{id, to.row.owner, paid.state, 0, true, host_.now()});
  } else {
    answer.problem = Error("verification.refused", {{"reason", paid.answer.reason}});
  }
  answer.body = view_of(to.row);
  answer.writes = std::move(to.writes);
  return answer;
}

Answer<ApplicationView> Applying::name_amount(const PaidAmount& in, const Request& request) {
  const Call& call = request.call;
  Application to(host_, call, request.object().id);
  auto payment = to.store().find(kPayments, "open = ?", {true});
  if (to.row.stage != Stage::paying || !payment) throw Error("verification.no_payment");
  const bool right = host_.service<EnterpriseVerifier>(call, verifier(call))
                         .confirm({payment->state, static_cast<int>(in.amount_fen)}).right;
  ++payment->tries;
  payment->open = !right && payment->tries < kTriesMax;
  // Guesses at the same time are each counted: one is, the others are computed again.
  to.writes.run("UPDATE verification_payment SET tries = ?, open = ? WHERE owner = ? AND id = ? "
                "AND tries = ? AND open = ?",
                {payment->tries, payment->open, to.row.owner, payment->id, payment->tries - 1,
                 true}, 1);
  Answer<ApplicationView> answer;
  if (right) {
    to.step(Step::paid, actor_of(request));
  } else {
    const int tries = kTriesMax - payment->tries, payments = kPaymentsMax - to.row.payments;
    if (tries == 0 && payments == 0) to.step(Step::give_up, actor_of(request));
    answer.problem = Error("verification.amount_wrong", {{"tries", std::to_string(tries)},
                                                         {"payments", std::to_string(payments)}});
  }
  answer.body = view_of(to.row);
  answer.writes = std::move(to.writes);
  return answer;
}

}  // namespace cinnabar
