// The contract: routes, hook points, jobs and services put together. The work is done by the
// handlers; this is the page to read first.
#include "archiving.hpp"
#include "dossier.hpp"
#include "drafts.hpp"
#include "ending.hpp"
#include "files.hpp"
#include "hook_orders.hpp"
#include "own_data.hpp"
#include "reading.hpp"
#include "sending.hpp"
#include "signing.hpp"

namespace cinnabar::contract {

class ContractPlugin final : public DomainPlugin,
                             public Contracts,
                             public Doctor,
                             public DataSubject {
 public:
  using Interfaces = Provides<Domain, Contracts, Doctor, DataSubject>;

  explicit ContractPlugin(Host& host) : DomainPlugin(host), office_(host) {
    name_permissions();
    file_routes();
    draft_routes();
    act_routes();
    reading_routes();
    for (HookPointInfo& point : hook_points()) hook_point<ContractHookInput>(std::move(point));
    job("expire", &ending_, &Ending::expire);
    job("remind", &ending_, &Ending::remind);
    job("archive", &archiving_, &Archiving::renew);
    for (std::string& event : noticed_events()) on(std::move(event), this, &ContractPlugin::notice);
  }

  // The platform's certificate is made before the first contract needs it. A certificate authority
  // that is not to be reached now does not keep the server from starting.
  void start() {
    const OwnCall call;
    try {
      office_.platform.get(call.call());
    } catch (const Error& error) {
      host().log(Level::warning, std::string("no platform certificate yet: ") + error.what());
    }
  }

  Dossier dossier(const DossierRequest& request, const Call& call) override {
    return dossier_of(host(), call, request);
  }
  Findings examine(const ExamineRequest&, const Call& call) override {
    Findings findings = examine_contracts(host(), call);
    findings.checks.push_back(examine_archives(host(), call));
    return findings;
  }

  KeptData kept(const DataSubjectRequest& in, const Call& call) override {
    return {own_data(host(), call, in.person)};
  }
  Erasure erase(const DataSubjectRequest& in, const Call& call) override {
    Erasure out = erase_person(host(), call, in.person);
    out.writes.stamp(CINNABAR_PLUGIN_ID);
    return out;
  }

 private:
  void name_permissions() {
    const std::vector<RoleDefault> usual{{"contract_administrator"},
                                         {"department_administrator", "department"},
                                         {"business_staff", "own"}};
    permission({"contract.initiate", "Upload files and draw up contracts", "发起合同", true, usual});
    permission({"contract.view", "See contracts", "查看合同", true, usual});
    permission({"contract.download", "Download contracts and their evidence", "下载合同与证据", true,
                usual});
    permission({"contract.manage", "Change, send and revoke contracts", "修改、发出和撤销合同", true,
                usual});
  }

  void file_routes() {
    route("POST", "/files", "file.upload", &files_, &Files::upload)
        .summary("Uploads a PDF document", "上传 PDF 文件")
        .may("contract.initiate")
        .upload({"application/pdf"}, office_.file_size_max())
        .idempotent().audited().status(201);
    route("GET", "/files/{file}", "file.view", &files_, &Files::view)
        .summary("An uploaded file", "查看已上传的文件").on("file")
        .may_or_handles("contract.view");
  }

  void draft_routes() {
    route("POST", "/contracts", "contract.create", &drafts_, &Drafts::create)
        .summary("Draws up a contract", "起草合同").may("contract.initiate")
        .idempotent().audited().status(201);
    route("PUT", "/contracts/{contract}", "contract.replace", &drafts_, &Drafts::replace)
        .summary("Replaces a draft", "替换合同草稿").on("contract", {"owner"})
        .may("contract.manage").idempotent().audited();
    route("DELETE", "/contracts/{contract}", "contract.discard", &drafts_, &Drafts::discard)
        .summary("Throws a draft away", "删除合同草稿").on("contract", {"owner"})
        .may("contract.manage").idempotent().audited();
    route("GET", "/contracts/{contract}/preflight", "contract.preflight", &drafts_,
          &Drafts::preflight)
        .summary("Tries everything that could fail after sending", "发起前检查")
        .on("contract", {"owner"}).may("contract.manage");
  }

  void act_routes() {
    route("POST", "/contracts/{contract}/send", "contract.send", &sending_, &Sending::send)
        .summary("Sends a contract to its parties", "发起合同").on("contract", {"owner"})
        .may("contract.manage")
        .idempotent().audited();
    route("POST", "/contracts/{contract}/fill", "contract.fill", &sending_, &Sending::fill)
        .summary("Fills in a party's values", "填写合同").on("contract")
        .may_or_handles("contract.view").idempotent().audited();
    route("POST", "/contracts/{contract}/sign/begin", "contract.sign_begin", &signing_,
          &Signing::begin)
        .summary("Asks for the proof of identity that signing needs", "开始签署认证").on("contract")
        .may_or_handles("contract.view")
        .idempotent().audited();
    route("POST", "/contracts/{contract}/sign", "contract.sign", &signing_, &Signing::sign)
        .summary("Signs all documents of a contract", "签署合同").on("contract")
        .may_or_handles("contract.view")
        .idempotent().audited();
    route("POST", "/contracts/{contract}/refuse", "contract.refuse", &ending_, &Ending::refuse)
        .summary("Refuses to sign", "拒签合同").on("contract")
        .may_or_handles("contract.view").idempotent().audited();
    route("POST", "/contracts/{contract}/revoke", "contract.revoke", &ending_, &Ending::revoke)
        .summary("Revokes a contract that is under way", "撤销合同").on("contract", {"owner"})
        .may("contract.manage")
        .idempotent().audited();
  }

  void reading_routes() {
    route("GET", "/contracts", "contract.list", &reading_, &Reading::list)
        .summary("Contracts of the caller's side, newest first", "合同列表")
        .may_or_handles("contract.view")
        .query("state", "Only contracts in this state.")
        .query("turn", "true: only contracts that wait for the caller's side.")
        .query("cursor", "`next` of the page before.")
        .query("limit", "1 to 100; 20 unless given.");
    route("GET", "/contracts/{contract}", "contract.view", &reading_, &Reading::view)
        .summary("A contract with its parties and timeline", "查看合同").on("contract")
        .may_or_handles("contract.view");
    route("GET", "/contracts/{contract}/document", "contract.document", &reading_,
          &Reading::document)
        .summary("The document as it is now", "下载合同文件").on("contract")
        .may_or_handles("contract.download")
        .produces("application/pdf").query("document", "Number, when there are several.");
    route("GET", "/contracts/{contract}/documents/{number}", "contract.document_number", &reading_,
          &Reading::document)
        .summary("One of several documents", "下载其中一份合同文件").on("contract")
        .may_or_handles("contract.download")
        .produces("application/pdf");
    route("GET", "/contracts/{contract}/pages/{page}.png", "contract.page", &reading_,
          &Reading::page)
        .summary("A page as a picture", "合同页面图片").on("contract")
        .may_or_handles("contract.view").produces("image/png")
        .query("dpi", "18 to 400; 144 unless given.")
        .query("document", "Number, when there are several.");
    route("GET", "/contracts/{contract}/text", "contract.text", &reading_, &Reading::text)
        .summary("The document's text, page by page", "合同文本").on("contract")
        .may_or_handles("contract.view")
        .query("document", "Number, when there are several.");
  }

  WriteSet notice(const StoredEvent& event, const Call& call) {
    const auto contract = Repository(host(), call, event.owner).find(event.aggregate);
    if (!contract) return {};  // a draft that was thrown away since
    const Json& data = event.data;
    HookAct act{.party = data["party"].text(),
                .person = event.actor,
                .method = data["method"].text(),
                .reason = contract->row.reason};
    for (const Json& seal : data["seals"].items()) act.seals.push_back(seal.text());
    const auto orders = run_notice(host(), call, notice_after(event.type), *contract, act);
    return orders.empty() ? WriteSet() : carried_out(host(), call, *contract, orders);
  }

  Office office_;
  Files files_{office_};
  Drafts drafts_{office_};
  Sending sending_{office_};
  Signing signing_{office_};
  Ending ending_{office_};
  Archiving archiving_{office_};
  Reading reading_{office_};
};

}  // namespace cinnabar::contract

using cinnabar::contract::ContractPlugin;
CINNABAR_PLUGIN(ContractPlugin)
