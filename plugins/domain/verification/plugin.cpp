// cinnabar.verification: that an enterprise is one, and who may speak for it.
#include "deciding.hpp"

#include <cinnabar/plugin.hpp>
#include <cinnabar/services/enterprise_status.hpp>

namespace cinnabar {
namespace {

constexpr std::int64_t kProofSizeMax = 10 << 20;
const std::string kBase = "/enterprises/{enterprise}/verification";

class VerificationPlugin final : public DomainPlugin, public EnterpriseStatusService {
 public:
  using Interfaces = Provides<Domain, EnterpriseStatusService>;

  explicit VerificationPlugin(Host& host)
      : DomainPlugin(host), applying_(host), deciding_(host) {
    permission({"enterprise.verify", "Have the enterprise verified", "办理企业认证", false, {}});
    applicants();
    authorisation();
    operators();
    endings();
  }

  EnterpriseStatuses status(const EnterpriseStatusRequest& in, const Call& call) override {
    EnterpriseStatuses out;
    for (const std::string& id : in.enterprises) {
      const auto row = Store(host(), call, id).find(kApplications, "stage = ?", {"verified"});
      if (row)
        out.statuses.push_back({id, true, std::string(name_of(row->kind)), *row->verified});
    }
    return out;
  }

 private:
  template <class Handler>
  Route& verifying(std::string method, const std::string& rest, std::string name,
                   Handler handler) {
    return route(std::move(method), kBase + rest, std::move(name), &applying_, handler)
        .of("enterprise").may("enterprise.verify");
  }

  void applicants() {
    using A = Applying;
    verifying("POST", "/proofs", "verification.upload", &A::upload)
        .summary("Brings a licence, a letter or other proof", "上传营业执照、授权书等证明")
        .upload({"image/png", "image/jpeg", "application/pdf"}, kProofSizeMax)
        .audited().status(201);
    verifying("GET", "", "verification.view", &A::view)
        .summary("How far the verification is", "查看企业认证进度");
    verifying("PUT", "", "verification.submit", &A::submit)
        .summary("Gives the enterprise's fields and has it looked up", "提交企业信息并核验").audited();
    verifying("POST", "/inclusion", "verification.prove", &A::prove)
        .summary("Proves an enterprise that the register does not know", "提交收录申请").audited();
  }

  void authorisation() {
    using A = Applying;
    verifying("POST", "/authorisation/face", "verification.by_face", &A::by_face)
        .summary("As the legal representative, by a face that was just shown", "法定代表人刷脸授权")
        .audited();
    verifying("POST", "/authorisation/invitation", "verification.invite", &A::invite)
        .summary("Asks the legal representative, by a link good for 24 hours", "邀请法定代表人授权")
        .audited();
    route("POST", "/enterprise-invitations", "verification.accept", &applying_, &A::accept)
        .summary("Authorises by invitation, with a face that was just shown", "法定代表人接受授权邀请")
        .self().audited();
    verifying("POST", "/authorisation/letter", "verification.letter", &A::letter)
        .summary("Brings a stamped letter for review", "上传授权书").audited();
    verifying("POST", "/payment", "verification.pay", &A::pay)
        .summary("Has a small amount paid into the enterprise's account", "发起对公打款").audited();
    verifying("POST", "/payment/amount", "verification.amount", &A::name_amount)
        .summary("Names the amount that came", "填写到账金额").audited();
  }

  void operators() {
    using D = Deciding;
    route("GET", "/enterprise-reviews", "verification.reviews", &deciding_, &D::list)
        .summary("What waits for a decision", "待审核列表").operators()
        .query("state", "waiting (the default), approved or rejected")
        .query("cursor", "`next` of the page before");
    route("GET", "/enterprise-reviews/{review}/files/{number}", "verification.review_file",
          &deciding_, &D::file)
        .summary("A file that was brought as proof", "查看证明文件").operators();
    route("POST", "/enterprise-reviews/{review}/approve", "verification.approve", &deciding_,
          &D::approve)
        .summary("Approves it", "审核通过").operators().audited();
    route("POST", "/enterprise-reviews/{review}/reject", "verification.reject", &deciding_,
          &D::reject)
        .summary("Rejects it, with a reason", "审核驳回").operators().audited();
  }

  void endings() {
    using D = Deciding;
    route("PUT", "/enterprises/{enterprise}/super-administrator", "verification.administrator",
          &deciding_, &D::change_administrator)
        .summary("Makes an employee the super administrator; by the legal representative",
                 "变更超级管理员（法定代表人）")
        .of("enterprise").audited();
    route("POST", "/enterprises/{enterprise}/cancellation", "verification.cancel", &deciding_,
          &D::cancel)
        .summary("Ends the enterprise's account in 48 hours; by the legal representative",
                 "注销企业账号（48 小时后生效）")
        .of("enterprise").audited().status(202);
    route("DELETE", "/enterprises/{enterprise}/cancellation", "verification.revoke", &deciding_,
          &D::revoke)
        .summary("Keeps it after all", "撤销注销").of("enterprise").may("enterprise.verify")
        .audited();
    job(kEndJob, &deciding_, &D::end);
  }

  Applying applying_;
  Deciding deciding_;
};

}  // namespace

CINNABAR_PLUGIN(VerificationPlugin)

}  // namespace cinnabar
