// cinnabar.seal: seals of enterprises, signatures of people, and their use.
#include "hook_points.hpp"
#include "making.hpp"
#include "revoking.hpp"
#include "text_line.hpp"

#include <cinnabar/domain_plugin.hpp>
#include <cinnabar/lru_cache.hpp>
#include <cinnabar/services/organisation.hpp>
#include <cinnabar/services/seal.hpp>

namespace cinnabar {
namespace {

// Dates of a day or two, in a few sizes.
constexpr std::size_t kTextLinesKept = 64;

struct SealConfig {
  std::string key_store;  // empty: the certificate authority's choice
  std::string text_font_file = "/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc";
  std::string text_font_family = "Noto Serif CJK SC";
};
CINNABAR_DESCRIBE(SealConfig, key_store, text_font_file, text_font_family)

struct SealView {
  std::string id;
  SealKind kind = SealKind::enterprise;
  std::string type;
  std::string name;
  std::string title;
  std::string code;
  std::string color;
  std::string text;
  SealState state = SealState::enabled;
  std::int64_t width_um = 0;
  std::int64_t height_um = 0;
  std::string certificate_sha256;
  Time certificate_ends;
  Time created;
};
CINNABAR_DESCRIBE(SealView, id, kind, type, name, title, code, color, text, state, width_um,
                  height_um,
                  (certificate_sha256, doc("Empty: a new one is issued with the next use.")),
                  certificate_ends, created)

struct SealList {
  std::vector<SealView> seals;
};
CINNABAR_DESCRIBE(SealList, seals)

struct SealUsage {
  std::string person;
  std::string contract;
  std::string certificate_sha256;
  Time at;
};
CINNABAR_DESCRIBE(SealUsage, person, contract, certificate_sha256, at)
struct SealUsageList {
  std::vector<SealUsage> usages;
};
CINNABAR_DESCRIBE(SealUsageList, usages)

class SealPlugin final : public DomainPlugin, public Seals {
 public:
  using Interfaces = Provides<Domain, Seals>;

  explicit SealPlugin(Host& host)
      : DomainPlugin(host), config_(host.config<SealConfig>()), lines_(kTextLinesKept) {
    using Self = SealPlugin;
    permission({"seal.view", "See seals", "查看印章", false,
                {{"seal_administrator"}, {"seal_approver"}, {"contract_administrator"},
                 {"department_administrator"}, {"business_staff"}}});
    permission({"seal.audit", "See who used seals", "查看用印记录", false,
                {{"seal_administrator"}, {"seal_approver"}}});
    permission({"seal.manage", "Make, enable and disable seals", "管理印章", false,
                {{"seal_administrator"}}});
    route("POST", "/seals", "seal.make", this, &Self::make)
        .summary("Makes a seal of the enterprise acted for, or a signature of one's own",
                 "制作企业印章或个人签名")
        .may("seal.manage")
        .idempotent().audited().status(201);
    route("GET", "/seals", "seal.list", this, &Self::list)
        .summary("The seals of the enterprise acted for, or one's own signatures", "印章列表")
        .may("seal.view");
    route("GET", "/seals/{seal}", "seal.read", this, &Self::read)
        .summary("A seal", "查看印章").on("seal").may("seal.view");
    route("GET", "/seals/{seal}/preview.png", "seal.preview", this, &Self::picture)
        .summary("What it looks like, 300 dpi", "印章预览图").on("seal").may("seal.view")
        .produces("image/png");
    route("GET", "/seals/{seal}/usages", "seal.usages", this, &Self::usages)
        .summary("Who used it, newest first", "用印记录").on("seal").may("seal.audit");
    route("POST", "/seals/{seal}/disable", "seal.disable", this, &Self::disable)
        .summary("Disables it", "停用印章").on("seal").may("seal.manage").audited();
    route("POST", "/seals/{seal}/enable", "seal.enable", this, &Self::enable)
        .summary("Enables it again", "启用印章").on("seal").may("seal.manage").audited();
    job(kRevokeJob, this, &Self::revoke);
    for (HookPointInfo& point : seal_hook_points()) hook_point<SealHookInput>(std::move(point));
    for (const char* event : {"seal.made", "seal.disabled", "seal.enabled"})
      on(event, this, &Self::tell);
  }

  // Routes.

  Answer<SealView> make(const NewSeal& in, const Request& request) {
    const SealSubject subject = subject_of(request);
    const CallAs as(request.call, subject.owner);
    const Call owner_call = as.call();
    Answer<SealView> answer;
    const NewSeal plan = completed(in, subject.kind);
    if (subject.kind == SealKind::enterprise)
      ask_hook(host(), request.call, subject.owner, kBeforeMakeSeal,
               SealHookInput{{}, plan.name, plan.type, plan.title.value_or(""), plan.code,
                             plan.color, {}, subject.maker, {}});
    const MadeSeal made =
        make_seal(host(), owner_call, plan, subject, config_.key_store, answer.writes);
    answer.body = view(made.row, made.credential);
    answer.location = "/api/v1/seals/" + made.row.id;
    return answer;
  }
  Answer<SealList> list(const Request& request) {
    Answer<SealList> answer;
    for (const SealRow& row :
         SealsTable(host(), request.call, request.subject().owner()).all())
      answer.body.seals.push_back(view_stored(row, request.call));
    return answer;
  }
  Answer<SealView> read(const Request& request) {
    Answer<SealView> answer;
    answer.body = view_stored(found(request), request.call);
    return answer;
  }
  FileAnswer picture(const Request& request) {
    const SealRow row = found(request);
    FileAnswer answer{"image/png", {}, {}, {row.preview}};
    answer.etag = row.preview.substr(row.preview.find(':') + 1);
    return answer;
  }
  Answer<SealUsageList> usages(const Request& request) {
    Answer<SealUsageList> answer;
    for (const UsageRow& row : SealsTable(host(), request.call, request.http.object.owner)
                                   .usages(request.param("seal")))
      answer.body.usages.push_back({row.person, row.contract, row.certificate, row.at});
    return answer;
  }
  Answer<SealView> disable(const Request& request) {
    return change(request, SealState::disabled, "seal.disabled");
  }
  Answer<SealView> enable(const Request& request) {
    return change(request, SealState::enabled, "seal.enabled");
  }

  // Jobs.

  WriteSet revoke(const JobCall& job, const Call& call) {
    return revoke_certificate(host(), job, call);
  }

  // Events.

  WriteSet tell(const StoredEvent& event, const Call& call) {
    const CallAs as(call, event.owner);
    const Call owner_call = as.call();
    const SealRow row = SealsTable(host(), owner_call, event.owner).by_id(event.aggregate);
    if (row.kind == SealKind::enterprise)
      tell_hook(host(), call, event.owner, seal_notice_after(event.type),
                hook_input(row, event.actor));
    return {};
  }

  // Seals, for the part that stamps them.

  SealUse use(const SealUseRequest& in, const Call& call) override {
    SealUse out = in.kind == "personal" ? use_personal(in, call) : use_enterprise(in, call);
    out.writes.stamp(CINNABAR_PLUGIN_ID);
    return out;
  }
  SealUse preview(const SealUseRequest& in, const Call& call) override {
    const bool personal = in.kind == "personal";
    const std::string& owner = personal ? in.person : in.enterprise;
    const CallAs as(call, owner);
    const Call owner_call = as.call();
    if (personal && in.seal.empty() &&
        !SealsTable(host(), owner_call, owner).usual(SealKind::personal))
      return future_signature(owner_call, owner);
    const SealRow row = chosen(in, owner_call, owner);
    SealUse out = ready(row);
    const auto credential = credentials_of(owner_call, owner).find(row.credential);
    if (credential) out.credential = *credential;
    return out;
  }
  TextDrawing draw_text(const TextDrawingRequest& in, const Call&) override {
    const std::string key = std::to_string(in.font_size) + "/" + in.text;
    if (const auto known = lines_.find(key)) return {*known};
    const drawing::Font font(config_.text_font_file, config_.text_font_family);
    const auto line = std::make_shared<const Drawing>(text_line(font, in.text, in.font_size));
    return {*lines_.insert(key, line)};
  }

 private:
  CredentialsTable credentials_of(const Call& owner_call, const std::string& owner) const {
    return CredentialsTable(host(), owner_call, owner, config_.key_store);
  }

  SealSubject subject_of(const Request& request) const {
    const SubjectInfo& subject = request.subject();
    const bool enterprise = !subject.acting_for.empty();
    return {enterprise ? SealKind::enterprise : SealKind::personal, subject.owner(),
            enterprise ? enterprise_name(request.call, subject.acting_for)
                       : person_name(request.call, subject.person),
            subject.person};
  }
  std::string enterprise_name(const Call& call, const std::string& id) const {
    const auto found = host().service<Organisation>(call).enterprises({{id}}).enterprises;
    if (found.empty()) throw Error("seal.owner_unknown", {{"owner", id}});
    return found[0].name;
  }
  std::string person_name(const Call& call, const std::string& id) const {
    const auto found = host().service<Organisation>(call).people({{id}}).people;
    if (found.empty()) throw Error("seal.owner_unknown", {{"owner", id}});
    return found[0].name;
  }

  SealRow found(const Request& request) const {
    return SealsTable(host(), request.call, request.http.object.owner).by_id(request.param("seal"));
  }
  static SealView view(const SealRow& row, const Credential& credential) {
    return {row.id, row.kind, row.type, row.name, row.title, row.code, row.color, row.text,
            row.state, row.width_um, row.height_um, credential.sha256,
            Time{credential.not_after_ms}, row.created};
  }
  SealView view_stored(const SealRow& row, const Call& call) const {
    return view(row, credentials_of(call, row.owner).find(row.credential).value_or(Credential{}));
  }
  Answer<SealView> change(const Request& request, SealState to, const char* event) {
    SealRow row = found(request);
    if (row.state == to)
      throw Error("seal.state_unfit", {{"name", row.name}, {"state", std::string(name_of(to))}});
    if (row.kind == SealKind::enterprise)
      ask_hook(host(), request.call, row.owner,
               to == SealState::enabled ? kBeforeEnableSeal : kBeforeDisableSeal,
               hook_input(row, request.subject().person));
    const SealsTable seals(host(), request.call, row.owner);
    if (to == SealState::enabled) seals.require_free(row);
    Answer<SealView> answer;
    seals.set_state(row, to, answer.writes);
    if (to == SealState::disabled) retire_credential(host(), request.call, row, answer.writes);
    answer.writes.events.push_back({event, row.id, row.owner, request.subject().person,
                                    Json::object().set("name", row.name)});
    row.state = to;
    answer.body = to == SealState::disabled ? view(row, {}) : view_stored(row, request.call);
    return answer;
  }

  // The seal that a use asks for, if this person may use it now.
  SealRow chosen(const SealUseRequest& in, const Call& owner_call, const std::string& owner) const {
    const bool enterprise = in.kind != "personal";
    if (enterprise && !host().service<Organisation>(owner_call)
                           .membership({in.enterprise, in.person}).member)
      throw Error("seal.not_holder", {{"person", in.person}, {"enterprise", in.enterprise}});
    const SealsTable seals(host(), owner_call, owner);
    const SealKind kind = enterprise ? SealKind::enterprise : SealKind::personal;
    const auto usual = in.seal.empty() ? seals.usual(kind) : seals.by_id(in.seal);
    if (!usual) throw Error("seal.none", {{"enterprise", owner}});
    if (usual->kind != kind) throw Error("seal.not_found", {{"seal", in.seal}});
    if (usual->state != SealState::enabled) throw Error("seal.disabled", {{"name", usual->name}});
    require_type(host(), owner_call, usual->type);
    return *usual;
  }
  SealUse ready(const SealRow& row) const {
    SealUse out;
    out.seal = row.id;
    out.name = row.name;
    out.type = row.type;
    out.drawing = {Bytes(host().blob_read(row.drawing)), row.width, row.height};
    out.signer_name = row.text;
    return out;
  }
  SealUse use_enterprise(const SealUseRequest& in, const Call& call) const {
    const CallAs as(call, in.enterprise);
    const Call owner_call = as.call();
    const SealRow row = chosen(in, owner_call, in.enterprise);
    ask_hook(host(), call, row.owner, kBeforeUseSeal, hook_input(row, in.person, in.contract));
    SealUse out = ready(row);
    out.credential = credentials_of(owner_call, row.owner)
                         .obtain(row.credential, "enterprise", row.text, row.id, out.writes);
    SealsTable(host(), owner_call, row.owner)
        .record_use(row, in.person, in.contract, out.credential.sha256, out.writes);
    return out;
  }
  SealUse use_personal(const SealUseRequest& in, const Call& call) const {
    const CallAs as(call, in.person);
    const Call owner_call = as.call();
    const SealsTable seals(host(), owner_call, in.person);
    SealUse out;
    SealRow row;
    if (in.seal.empty() && !seals.usual(SealKind::personal)) {
      const SealSubject subject{SealKind::personal, in.person, person_name(call, in.person),
                                in.person};
      WriteSet writes;
      const MadeSeal made = make_seal(host(), owner_call, completed({}, SealKind::personal),
                                      subject, config_.key_store, writes);
      row = made.row;
      out = ready(row);
      out.credential = made.credential;
      out.writes = std::move(writes);
    } else {
      row = chosen(in, owner_call, in.person);
      out = ready(row);
      out.credential = credentials_of(owner_call, in.person)
                           .obtain(row.credential, "person", row.text, in.person, out.writes);
    }
    seals.record_use(row, in.person, in.contract, out.credential.sha256, out.writes);
    return out;
  }
  // What a person's first use will make: drawn to learn its size, kept nowhere, no certificate.
  SealUse future_signature(const Call& owner_call, const std::string& person) const {
    const NewSeal plan = completed({}, SealKind::personal);
    SealUse out;
    out.signer_name = person_name(owner_call, person);
    out.name = plan.name;
    out.type = plan.type;
    out.drawing = draw_seal(host(), owner_call, plan,
                            {SealKind::personal, person, out.signer_name, person}).drawing;
    return out;
  }

  SealConfig config_;
  LruCache<Drawing> lines_;
};

}  // namespace

CINNABAR_PLUGIN(SealPlugin)

}  // namespace cinnabar
