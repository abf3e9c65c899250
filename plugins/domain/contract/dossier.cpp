#include "dossier.hpp"

#include "controls.hpp"
#include "digest.hpp"
#include "hooks.hpp"

namespace cinnabar::contract {
namespace {

DossierDocument document_of(const Repository& repository, const DocumentRow& row) {
  DossierDocument out{row.number, row.file, row.name, row.pages, "", {row.base, row.base_size}, {},
                      row.size, row.digest};
  out.uploaded = repository.file(row.file).content;
  for (const Segment& segment : row.segments) out.segments.push_back({segment.blob, segment.size});
  return out;
}

DossierSignature signature_of(SignatureRow row) {
  return {row.number,
          row.segment,
          std::move(row.party),
          std::move(row.person),
          std::move(row.enterprise),
          std::move(row.signer_name),
          std::move(row.seals),
          std::move(row.fields),
          std::move(row.method),
          std::move(row.evidence),
          std::move(row.digest),
          std::move(row.stamped),
          std::move(row.level),
          std::move(row.archived),
          std::move(row.serial),
          std::move(row.certificate_sha256),
          std::move(row.chain),
          row.signed_at};
}

// The fields of one document: where something is signed.
void add_fields(const Contract& contract, const FrozenRow& frozen, Dossier& out) {
  for (const PlannedField& field : frozen.fields) {
    if (!field.visible) continue;
    const Control* control = contract.control(field.control);
    out.placements.push_back({frozen.number, field.control,
                              control ? std::string(name_of(control->kind)) : "", field.party,
                              control ? control->label : "", field.name, field.page, field.rect,
                              field.slice_index, field.slice_count, field.slice_group, Json()});
  }
}

// What was filled in, on the document of the control's file. Before freezing, a value is still its
// party's own.
void add_fills(const Contract& contract, Dossier& out) {
  for (const Control& control : contract.content.controls) {
    if (!is_fill(control.kind)) continue;
    int number = 1;
    for (std::size_t i = 0; i < contract.content.files.size(); ++i)
      if (contract.content.files[i] == control.file) number = static_cast<int>(i) + 1;
    out.placements.push_back({number, control.id, std::string(name_of(control.kind)), control.party,
                              control.label, "", control.page, *control.rect, 0, 1, 0,
                              out.documents.empty() ? Json() : value_of(contract, control)});
  }
}

// A party's person had their data erased: what was committed to cannot be shown any more.
bool erased(const PartyRow& party) { return party.name.empty(); }

// A way in which a contract could be stuck.
struct Stuck {
  const char* what;
  std::string condition;
  std::vector<Json> params;
};

}  // namespace

Dossier dossier_of(const Host& host, const Call& call, const DossierRequest& request) {
  const Repository repository(host, call, request.owner);
  Contract contract = repository.contract(request.contract);
  if (!request.form.empty()) {
    SubjectInfo subject;
    subject.person = request.person;
    subject.acting_for = request.acting_for;
    ask_download(host, call, contract, subject, request.form);
  }
  const ContractRow& row = contract.row;
  Dossier out;
  out.id = row.id;
  out.name = row.name;
  out.state = name_of(row.state);
  out.version = row.version;
  out.owner = row.owner;
  out.initiator = row.initiator;
  out.order = name_of(row.ordering);
  out.created = row.created;
  out.sent = row.sent;
  out.ended = row.ended;
  out.deadline = row.deadline;
  out.reason = row.reason;
  out.name_salt = salt_of(row.salt, "name");
  out.reason_salt = salt_of(row.salt, "reason");
  for (const PartyRow& p : contract.parties)
    out.parties.push_back({p.id, std::string(name_of(p.kind)), p.name, p.mobile, p.person,
                           p.enterprise, p.enterprise_name, p.position,
                           std::string(name_of(p.state)), p.signed_at,
                           erased(p) ? "" : salt_of(row.salt, p.id + "/name"),
                           erased(p) ? "" : salt_of(row.salt, p.id + "/mobile")});
  for (const DocumentRow& document : repository.documents(row.id)) {
    out.documents.push_back(document_of(repository, document));
    add_fields(contract, repository.frozen(row.id, document.number), out);
  }
  add_fills(contract, out);
  const Store& store = repository.store();
  for (SignatureRow& signature :
       store.list(kSignatures, "contract = ? ORDER BY number, segment", {row.id}))
    out.signatures.push_back(signature_of(std::move(signature)));
  for (ArchiveRow& archive : store.list(kArchives, "contract = ? ORDER BY number", {row.id}))
    out.archives.push_back({archive.number, std::move(archive.stamped), archive.ends, archive.due,
                            archive.renewals, archive.open});
  for (const TraceRow& trace : store.list(kTraces, "contract = ? ORDER BY id", {row.id}))
    out.traces.push_back({trace.id, trace.address, trace.user_agent, trace.salt});
  return out;
}

Findings examine_contracts(const Host& host, const Call& call) {
  const std::string open = "state IN ('filling', 'signing')";
  const Stuck ways[] = {
      {"past their deadline without having expired (look at the jobs of kind expire)",
       open + " AND deadline < ?", {host.now_ms(Clock::business) - kStuckAfterMs}},
      {"open without a party that has anything left to do",
       open + " AND NOT EXISTS (SELECT 1 FROM contract_party p WHERE p.contract = "
              "contract_contract.id AND p.state IN ('waiting', 'filled'))",
       {}},
      {"being signed without a frozen document",
       "state IN ('signing', 'completed') AND NOT EXISTS (SELECT 1 FROM contract_document d WHERE "
       "d.contract = contract_contract.id)",
       {}},
  };
  Check check;
  check.name = "contracts.stuck";
  for (const Stuck& way : ways) {
    const Rows rows = host.query(
        call, "SELECT COUNT(*), MIN(id) FROM contract_contract WHERE " + way.condition, way.params);
    const std::int64_t count = rows.rows.empty() ? 0 : rows.rows[0][0].integer();
    if (count == 0) continue;
    check.count += count;
    check.detail += (check.detail.empty() ? "" : "; ") + std::to_string(count) + " " + way.what +
                    ", among them " + rows.rows[0][1].text();
  }
  check.ok = check.count == 0;
  return {{std::move(check)}};
}

}  // namespace cinnabar::contract
