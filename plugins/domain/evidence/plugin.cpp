// The evidence of a contract over HTTP: as one document, as one file that can be checked offline,
// as certificates and as a signed report. Asks the contract, the event chain and the log.
#include "bundle.hpp"
#include "certificates.hpp"
#include "reports.hpp"

#include <cinnabar/services/data_subject.hpp>

namespace cinnabar::evidence {

class EvidencePlugin final : public DomainPlugin, public DataSubject {
 public:
  using Interfaces = Provides<Domain, DataSubject>;

  explicit EvidencePlugin(Host& host)
      : DomainPlugin(host),
        config_(host.config<Config>()),
        credential_(this->host(), config_.platform_name),
        reports_(this->host(), config_, credential_) {
    using Self = EvidencePlugin;
    route("GET", "/contracts/{contract}/evidence", "contract.evidence", this, &Self::evidence)
        .summary("Everything that proves what happened to a contract", "合同证据").on("contract")
        .may_or_handles("contract.view");
    route("GET", "/contracts/{contract}/evidence.zip", "contract.evidence_bundle", this,
          &Self::bundle)
        .summary("The evidence as one file that can be checked offline", "下载合同证据包")
        .on("contract").may_or_handles("contract.download").audited().produces("application/zip");
    route("GET", "/contracts/{contract}/certificates", "contract.certificates", this,
          &Self::certificates)
        .summary("The certificates that signed a contract", "合同所用证书").on("contract")
        .may_or_handles("contract.view");
    route("GET", "/contracts/{contract}/report.pdf", "contract.report", this, &Self::report)
        .summary("The signature report, signed by the platform", "下载签署报告").on("contract")
        .may_or_handles("contract.download")
        .audited().produces("application/pdf");
    on("contract.completed", this, &Self::after_completion);
    job("report", this, &Self::make_report);
  }

  // Where somebody looked at evidence from. Who asks sees it with the contract's own.
  KeptData kept(const DataSubjectRequest&, const Call&) override { return {}; }
  Erasure erase(const DataSubjectRequest& in, const Call&) override {
    Erasure out;
    out.writes.run(
        "UPDATE evidence_trace SET address = ?, user_agent = ?, salt = ? WHERE person = ?",
        {"", "", "", in.person});
    out.writes.stamp(CINNABAR_PLUGIN_ID);
    return out;
  }

 private:
  Collected collected(const Request& request) {
    return collect(host(), request.call, request.object(), request.subject().owner());
  }

  Answer<Evidence> evidence(const Request& request) {
    Answer<Evidence> answer;
    answer.body = collected(request).evidence;
    const auto& acts = answer.body.acts;
    if (!acts.empty() && !viewed_lately(acts, request.subject().person, host().now()))
      answer.writes = reading_event(host(), request, "contract.evidence_viewed",
                                    Json::object().set("head", acts.back().hash));
    return answer;
  }

  FileAnswer bundle(const Request& request) {
    const Collected what =
        collect_for(host(), request.call, request.object(), request.subject());
    FileAnswer answer;
    answer.content_type = "application/zip";
    answer.filename = what.evidence.contract.name + "-evidence.zip";
    const std::string digest = make_bundle(host(), request.call, credential_, what,
                                           reports_.find(request.call, request.object()), answer);
    answer.writes = reading_event(host(), request, "contract.evidence_downloaded",
                                  Json::object()
                                      .set("state", what.evidence.contract.state)
                                      .set("digest", digest));
    return answer;
  }

  Answer<CertificateList> certificates(const Request& request) {
    Answer<CertificateList> answer;
    answer.body = list_certificates(host(), request.call, collected(request).evidence);
    return answer;
  }

  FileAnswer report(const Request& request) {
    FileAnswer answer;
    const ReportRow row = reports_.get(request.call, request.object(), answer.writes);
    answer.content_type = "application/pdf";
    answer.filename = request.object().id + "-report.pdf";
    answer.parts = {row.base, row.segment};
    answer.etag = row.sha256;
    answer.writes.merge(reading_event(host(), request, "contract.report_downloaded",
                                      Json::object().set("digest", row.sha256)));
    return answer;
  }

  WriteSet after_completion(const StoredEvent& event, const Call&) {
    WriteSet writes;
    JobDraft job;
    job.kind = "report";
    job.key = event.aggregate;
    job.owner = event.owner;
    job.data = Json::object().set("contract", event.aggregate);
    writes.jobs.push_back(std::move(job));
    return writes;
  }

  WriteSet make_report(const JobCall& job, const Call& call) {
    const ObjectInfo contract{job.data["contract"].text(), job.owner, {}};
    WriteSet writes;
    reports_.get(call, contract, writes);
    writes.merge(reports_.tell(call, contract));
    return writes;
  }

  const Config config_;
  OwnCredential credential_;
  const Reports reports_;
};

}  // namespace cinnabar::evidence

using cinnabar::evidence::EvidencePlugin;
CINNABAR_PLUGIN(EvidencePlugin)
