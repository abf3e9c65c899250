#include "reports.hpp"

#include "report_text.hpp"

#include <cinnabar/cms.hpp>
#include <cinnabar/services/notifier.hpp>

#include <algorithm>

namespace cinnabar::evidence {
namespace {

constexpr const char* kField = "platform";
constexpr const char* kArchiveField = "archive_timestamp";

FieldPlan invisible(const char* name) {
  FieldPlan field;
  field.name = name;
  field.rect = {0, 0, 1, 1};
  field.visible = false;
  return field;
}

}  // namespace

std::optional<ReportRow> Reports::find(const Call& call, const ObjectInfo& contract) const {
  return Store(host_, call, contract.owner).find(kReports, "contract = ?", {contract.id});
}

ReportRow Reports::get(const Call& call, const ObjectInfo& contract, WriteSet& writes) const {
  if (auto row = find(call, contract)) return std::move(*row);
  return make(call, contract, writes);
}

// Two that make it at once meet at the row's key: the second one is run again and finds it.
ReportRow Reports::make(const Call& call, const ObjectInfo& contract, WriteSet& writes) const {
  // For nobody in particular: everything is masked, so that all may have the same report.
  const Collected collected = collect(host_, call, contract, {});
  if (!collected.evidence.contract.ended)
    throw Error("evidence.not_ended", {{"state", collected.evidence.contract.state}});
  const LogProof proof = prove(host_, call, collected.events);
  ReportRequest request = report_of(collected.evidence, proof, config_.time_zone_minutes);
  const bool archived = config_.signature_level == "B-LTA";
  request.long_term = archived || config_.signature_level == "B-LT";
  request.fields.push_back(invisible(kField));
  if (archived) request.fields.push_back(invisible(kArchiveField));
  Frozen frozen = host_.service<DocumentEngine>(call).report(request);

  const Credential credential = credential_.get(call);
  const auto engine = host_.service<SignatureEngine>(call);
  SignRequest sign;
  sign.state = engine.base_state({frozen.document, frozen.map});
  sign.map = std::move(frozen.map);
  sign.certify = true;
  sign.marks.push_back({kField, -1, 0, 1});
  sign.signer_name = config_.platform_name;
  sign.reason = "签署报告 Signature report";
  sign.time_ms = host_.now_ms(Clock::real);
  sign.key = credential.key;
  sign.chain = credential.chain;
  sign.level = config_.signature_level;
  if (archived) sign.archive_field = kArchiveField;
  if (digest_for(credential.chain.front().view()) == CmsDigest::sha384)
    sign.tail = frozen.document;
  const Signed signature = engine.sign(sign);

  DigestState digest;
  digest.update(frozen.document.view());
  digest.update(signature.segment.view());
  ReportRow row{contract.id, contract.owner, host_.blob_put(frozen.document.view()),
                host_.blob_put(signature.segment.view()), to_hex(digest.digest()), host_.now()};
  writes.blobs.push_back(row.base);
  writes.blobs.push_back(row.segment);
  Store(host_, call, contract.owner).insert(writes, kReports, row);
  return row;
}

WriteSet Reports::tell(const Call& call, const ObjectInfo& contract) const {
  const Dossier dossier = host_.service<Contracts>(call).dossier({contract.id, contract.owner});
  std::vector<Notification> messages;
  const auto add = [&](const std::string& person, const std::string& enterprise,
                       const std::string& mobile) {
    const bool known = std::any_of(messages.begin(), messages.end(), [&](const Notification& m) {
      return m.person == person && m.enterprise == enterprise;
    });
    if (person.empty() || known) return;
    Notification message;
    message.kind = "contract.report_ready";
    message.person = person;
    message.mobile = mobile;
    message.enterprise = enterprise;
    message.title = "签署报告已生成";
    message.text = "合同《" + dossier.name + "》的签署报告已生成，可下载。";
    message.link = "/contracts/" + contract.id + "/report.pdf";
    message.contract = contract.id;
    message.data = Json::object().set("contract", contract.id).set("name", dossier.name);
    messages.push_back(std::move(message));
  };
  for (const DossierParty& party : dossier.parties)
    add(party.person, party.enterprise, party.mobile);
  add(dossier.initiator, dossier.owner == dossier.initiator ? "" : dossier.owner, "");
  return host_.service<Notifier>(call).notify({std::move(messages)}).writes;
}

}  // namespace cinnabar::evidence
