// Stand-ins for the services that contracts call, for scenario tests: small, predictable, and able
// to fail on demand. One thread.
#pragma once

#include "model.hpp"

#include <cinnabar/cms.hpp>
#include <cinnabar/services/auth_method.hpp>
#include <cinnabar/testing/fake_hooks.hpp>
#include <cinnabar/services/kernel.hpp>
#include <cinnabar/services/notifier.hpp>
#include <cinnabar/services/organisation.hpp>
#include <cinnabar/services/seal.hpp>

#include <set>

namespace cinnabar::contract {

// Documents are texts: "%PDF" and a number of pages. A freeze appends what it was told.
class FakeDocuments final : public DocumentEngine {
 public:
  Inspection inspect(const InspectRequest& request, const Call&) override {
    if (!request.document.view().starts_with("%PDF")) throw Error("document.not_pdf");
    const int pages = std::atoi(std::string(request.document.view().substr(4)).c_str());
    if (pages > request.pages_max) throw Error("document.too_many_pages");
    Inspection out;
    out.pdf_version = "1.7";
    out.pages.assign(static_cast<std::size_t>(pages), PageSize{595'276, 841'890, 0});
    return out;
  }
  Frozen freeze(const FreezeRequest& request, const Call&) override {
    ++freezes;
    Frozen out;
    std::string bytes = request.document.text() + "\nfrozen";
    for (const Fill& fill : request.fills) {
      if (fill.text.find("\U00010FFF") != std::string::npos)
        throw Error("document.glyph_missing", {{"control", fill.control_id}});
      bytes += "\n" + fill.control_id + "=" + (fill.kind == "text" ? fill.text : "checked");
    }
    out.map.next_object = 100;
    out.map.start_xref = 1;
    for (const FieldPlan& plan : request.fields) {
      PreparedField field;
      field.name = plan.name;
      field.object = static_cast<std::int64_t>(out.map.fields.size()) + 10;
      field.page = plan.page;
      if (plan.visible) {
        field.width = static_cast<double>(plan.rect.width) / 1000;
        field.height = static_cast<double>(plan.rect.height) / 1000;
      }
      out.map.fields.push_back(field);
    }
    out.document = Bytes(bytes);
    return out;
  }
  Rendered render(const RenderRequest& request, const Call&) override {
    return {Bytes("png of page " + std::to_string(request.page)), 10, 10};
  }
  PageTexts text(const TextRequest& request, const Call&) override {
    return {{request.document.text()}};
  }

  int freezes = 0;
};

// A segment says who signed which fields.
class FakeSignatures final : public SignatureEngine {
 public:
  DocumentState base_state(const BaseRequest& request, const Call&) override {
    DigestState digest;
    digest.update(request.document.view());
    return {2, digest.size(), 1, 100, digest.encode()};
  }
  Signed sign(const SignRequest& request, const Call&) override {
    if (unreachable) throw Error("signature.level_unreachable", {}, {}, CINNABAR_UNAVAILABLE);
    std::string segment = "\nsigned by " + request.signer_name + ":";
    for (const Mark& mark : request.marks) segment += " " + mark.field;
    DigestState digest = DigestState::decode(request.state.digest_state);
    digest.update(segment);
    Signed out;
    out.state = request.state;
    out.state.length = digest.size();
    out.state.next_object += 2;
    out.state.digest_state = digest.encode();
    if (request.level == "B-LTA") {
      ++out.state.archives;
      out.archive = {Bytes("token of " + std::to_string(out.state.archives)),
                     "2026-01-01T00:00:00Z", stamp_ends_ms};
    }
    out.digest = to_hex(digest.digest());
    out.timestamp = "2026-01-01T00:00:00Z";
    out.segment = Bytes(segment);
    SignRequest& kept = requests.emplace_back(request);
    // What comes in a call is borrowed until it returns.
    for (Drawing& drawing : kept.drawings) drawing.content = Bytes(drawing.content.text());
    return out;
  }

  Archived archive(const ArchiveRequest& request, const Call&) override {
    if (unreachable) throw Error("signature.level_unreachable", {}, {}, CINNABAR_UNAVAILABLE);
    const std::string segment = "\narchived in " + request.field + " after " + request.token.text();
    DigestState digest = DigestState::decode(request.state.digest_state);
    digest.update(segment);
    Archived out;
    out.state = request.state;
    out.state.length = digest.size();
    out.state.digest_state = digest.encode();
    ++out.state.archives;
    out.stamp = {Bytes("token " + request.field), "2026-01-01T00:00:00Z", stamp_ends_ms};
    out.segment = Bytes(segment);
    return out;
  }

  std::vector<SignRequest> requests;
  bool unreachable = false;
  std::int64_t stamp_ends_ms = 0;  // of the timestamp authority's certificate
};

// Enough of a certificate to see its key's kind.
inline std::string fake_certificate() {
  const std::string time = der::certificate_time(Time{1'770'000'000'000});
  const std::string key =
      der::sequence(der::sequence(cms::kRsaEncryption, der::null()), der::bit_string("key"));
  return der::sequence(der::sequence(der::integer(1), der::sequence(), der::sequence(),
                                     der::sequence(time, time), der::sequence(), key));
}

class FakeAuthority final : public CertificateAuthority, public TimestampAuthority {
 public:
  Credential issue(const IssueRequest& request, const Call&) override {
    ++issued;
    return {{"file", "key_" + request.profile}, {Bytes(fake_certificate())}, "01",
            "sha_of_" + request.profile, 0, INT64_MAX / 2};
  }
  AuthorityInfo info(const AuthorityRequest&, const Call&) override {
    return {"Root", {}, INT64_MAX / 2};
  }
  Revoked revoke(const RevokeRequest&, const Call&) override { return {}; }
  ValidationData proof(const ProofRequest&, const Call&) override { return {}; }
  Crl crl(const CrlRequest&, const Call&) override { return {}; }
  OcspAnswer ocsp(const OcspQuery&, const Call&) override { return {}; }
  ValidationData proof(const StampProofRequest&, const Call&) override { return {}; }
  TimestampAnswer answer(const TimestampQuery&, const Call&) override { return {}; }
  Stamp stamp(const StampRequest&, const Call&) override {
    if (down) throw Error("timestamp.unreachable", {}, {}, CINNABAR_UNAVAILABLE);
    return {Bytes(std::string("token")), 0};
  }
  bool down = false;
  int issued = 0;
};

// People by mobile number; enterprises by name, with their members.
class FakeOrganisation final : public Organisation {
 public:
  std::map<std::string, Person> by_mobile;
  std::map<std::string, std::string> enterprise_by_name;
  std::set<std::pair<std::string, std::string>> members;
  std::size_t made = 0;

  People people(const PeopleRequest&, const Call&) override { return {}; }
  Enterprises enterprises(const PeopleRequest&, const Call&) override { return {}; }
  Enterprises find_enterprise(const FindEnterpriseRequest& request, const Call&) override {
    const auto found = enterprise_by_name.find(request.name);
    if (found == enterprise_by_name.end()) return {};
    return {{{found->second, request.name, "", true}}};
  }
  ResolvedPerson resolve_person(const ResolvePersonRequest& request, const Call&) override {
    const std::string mobile =
        request.mobile.starts_with("+86") ? request.mobile.substr(3) : request.mobile;
    const auto found = by_mobile.find(mobile);
    if (found != by_mobile.end()) return {found->second, false, {}};
    // As ids are random, each call that makes a person makes another one.
    return {{"per_" + mobile + std::string(made++, '+'), request.name, mobile, false}, true, {}};
  }
  Membership membership(const MembershipRequest& request, const Call&) override {
    return {members.count({request.enterprise, request.person}) > 0, "dep_1"};
  }
  Credentials credentials(const CredentialsRequest&, const Call&) override {
    return {Json("known")};
  }
};

// One seal an enterprise and one signature a person, made when asked for.
class FakeSeals final : public Seals {
 public:
  SealUse use(const SealUseRequest& request, const Call& call) override {
    ++uses;
    return preview(request, call);
  }
  SealUse preview(const SealUseRequest& request, const Call&) override {
    const bool enterprise = request.kind == "enterprise";
    const std::string owner = enterprise ? request.enterprise : request.person;
    if (without.count(owner)) throw Error("seal.none");
    SealUse out;
    out.seal = request.seal.empty() ? "sel_" + owner : request.seal;
    out.name = "章";
    out.drawing = {Bytes(std::string("0 0 m")), enterprise ? side : 60, enterprise ? side : 25};
    out.credential = {{"file", "key_" + owner}, {Bytes(fake_certificate())}, "02",
                      "sha_of_" + owner, 0, INT64_MAX / 2};
    out.signer_name = owner;
    return out;
  }
  TextDrawing draw_text(const TextDrawingRequest& request, const Call&) override {
    return {{Bytes("text " + request.text), 50, 10}};
  }
  std::set<std::string> without;
  double side = 119.0551;
  int uses = 0;
};

// Draws every name but those with one character.
class FakeSealType final : public SealType {
 public:
  SealImage draw(const SealDesign& design, const Call&) override {
    if (design.text.find("\U00010FFF") != std::string::npos)
      throw Error("seal.text_unfit", {{"part", "name"}, {"text", design.text}});
    return {};
  }
};

// Accepts the answer {"password": "right"}.
class FakeMethod final : public AuthMethod {
 public:
  Enrolment enrol(const EnrolRequest&, const Call&) override { return {}; }
  Challenge begin(const BeginRequest& request, const Call&) override {
    Challenge out;
    out.prompt = Json::object().set("input", "password");
    out.state = Json(request.shown_digest);
    if (deliver) out.delivery = Delivery{request.signer.mobile, "your code is 123456"};
    return out;
  }
  Verdict verify(const VerifyAnswerRequest& request, const Call&) override {
    EXPECT_EQ(request.state.text(), request.shown_digest);
    const bool right = request.answer["password"].text() == "right";
    return {right, right ? "" : "wrong_password", Json::object().set("checked", "password")};
  }
  bool deliver = false;
};

class FakeNotifier final : public Notifier {
 public:
  NotifyReply notify(const NotifyRequest& request, const Call&) override {
    for (const Notification& message : request.messages) messages.push_back(message);
    return {};
  }
  // Kind and person of each message since the last call.
  std::vector<std::string> take() {
    std::vector<std::string> out;
    for (const Notification& message : messages) out.push_back(message.kind + " " + message.person);
    messages.clear();
    return out;
  }
  std::vector<Notification> messages;
};

class FakeBindings final : public Bindings {
 public:
  BindingNames names(const BindingsRequest&, const Call&) override {
    return {{"password", "code"}};
  }
};

}  // namespace cinnabar::contract
