#include "freeze.hpp"

#include "digest.hpp"
#include "levels.hpp"
#include "repository.hpp"

#include <cinnabar/services/seal.hpp>

#include <algorithm>
#include <cmath>

namespace cinnabar::contract {

std::vector<DocumentRow> Freezer::freeze(Act& act, const SealSizes& sizes) {
  const Contract& contract = act.contract;
  const Repository repository(host_, call_, contract.row.owner);
  std::vector<DocumentRow> documents;
  Json digests = Json::array();
  for (const FileRow& file : repository.files(contract.content.files)) {
    DocumentPlan plan = plan_document(contract, file, sizes);
    if (archived(config_.signature_level)) add_archive_fields(plan);
    Frozen frozen = prepare(contract, file, plan);
    DocumentRow& document = documents.emplace_back();
    document.contract = contract.row.id;
    document.number = static_cast<int>(documents.size());
    document.owner = contract.row.owner;
    document.file = file.id;
    document.name = file.name;
    document.pages = static_cast<int>(file.pages.size());
    document.base = host_.blob_put(frozen.document.view());
    document.base_size = static_cast<std::int64_t>(frozen.document.size());
    document.size = document.base_size;
    document.state =
        host_.service<SignatureEngine>(call_).base_state({frozen.document, frozen.map});
    act.writes.blobs.push_back(document.base);
    digests.add(Json::object()
                    .set("number", document.number)
                    .set("file", file.id)
                    .set("uploaded", file.content)
                    .set("base", document.base));

    std::string segment;
    const SignatureRow signature = certify(document, frozen.map, segment);
    act.writes.blobs.push_back(segment);
    const Store& store = repository.store();
    store.insert(act.writes, kDocuments, document);
    store.insert(act.writes, kSignatures, signature);
    store.insert(act.writes, kFrozen,
                 FrozenRow{document.contract, document.number, document.owner,
                           config_.signature_level, std::move(frozen.map),
                           std::move(plan.fields)});
  }
  act.event("contract.frozen", Json::object()
                                   .set("documents", std::move(digests))
                                   .set("shown_digest", shown_digest(documents)));
  return documents;
}

void Freezer::rehearse(const Contract& contract, const SealSizes& sizes) {
  const Repository repository(host_, call_, contract.row.owner);
  for (const FileRow& file : repository.files(contract.content.files))
    prepare(contract, file, plan_document(contract, file, sizes));
}

Frozen Freezer::prepare(const Contract& contract, const FileRow& file, const DocumentPlan& plan) {
  FreezeRequest request;
  request.document = Bytes(host_.blob_read(file.content));
  request.title = contract.row.name;
  request.watermark = contract.content.watermark;
  request.fills = plan.fills;
  request.fields = plan.field_plans();
  request.long_term = long_term(config_.signature_level);
  return host_.service<DocumentEngine>(call_).freeze(request);
}

SignatureRow Freezer::certify(DocumentRow& document, const FieldMap& map, std::string& segment) {
  const Credential credential = platform_.get(call_);
  const std::string field(kPlatformField);
  SignRequest request;
  request.certify = true;
  request.marks.push_back({field, -1, 0, 1});
  request.signer_name = config_.platform_name;
  request.time_ms = host_.now_ms(Clock::real);
  request.key = credential.key;
  request.chain = credential.chain;
  place_request(request, host_, document, map, config_.signature_level);
  const Signed result = host_.service<SignatureEngine>(call_).sign(request);
  segment = host_.blob_put(result.segment.view());
  append_segment(document, result.state, result.segment, segment);

  SignatureRow row;
  row.contract = document.contract;
  row.number = document.number;
  row.owner = document.owner;
  row.signer_name = config_.platform_name;
  row.fields = {field};
  row.digest = result.digest;
  row.stamped = result.timestamp;
  row.level = config_.signature_level;
  row.archived = result.archive.time;
  row.serial = credential.serial;
  row.certificate_sha256 = credential.sha256;
  row.chain = credential.chain;
  row.signed_at = Time{request.time_ms};
  return row;
}

void append_segment(DocumentRow& document, const DocumentState& state, const Bytes& segment,
                    std::string blob) {
  document.state = state;
  document.digest = to_hex(DigestState::decode(state.digest_state).digest());
  document.size += static_cast<std::int64_t>(segment.size());
  document.segments.push_back({std::move(blob), static_cast<std::int64_t>(segment.size())});
  if (document.size != state.length)
    throw failure("the signature engine counts other bytes than there are");
}

SealSizes seal_sizes(const Host& host, const Call& call, const Contract& contract) {
  SealSizes sizes;
  for (const Control& control : contract.content.controls) {
    if (control.kind != ControlKind::page_seal || sizes.count(control.party)) continue;
    const PartyRow* party = contract.party(control.party);
    const CallAs as(call, party->enterprise);
    const Call enterprise = as.call();
    try {
      const SealUse seal = host.service<Seals>(enterprise).preview(
          {"", "enterprise", party->person, party->enterprise, contract.row.id});
      sizes[control.party] = {milli_points(seal.drawing.width), milli_points(seal.drawing.height)};
    } catch (const Error& error) {
      // No seal yet: cut for the standard size, into which a smaller one is set.
      if (error.status() != CINNABAR_REFUSED) throw;
    }
  }
  return sizes;
}

std::int64_t milli_points(double points) {
  constexpr double kRounding = 0.001;  // what drawing sizes carry beyond 1/1000 point is noise
  return static_cast<std::int64_t>(std::ceil(points * 1000 - kRounding));
}

}  // namespace cinnabar::contract
