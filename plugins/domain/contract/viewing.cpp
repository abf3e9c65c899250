#include "viewing.hpp"

#include "act.hpp"

namespace cinnabar::contract {
namespace {

constexpr std::int64_t kHourMs = 3'600'000;

// Before freezing the documents are the uploaded files.
Json seen_digests(const Repository& repository, const Contract& contract,
                  const std::vector<DocumentRow>& documents) {
  if (!documents.empty()) return document_digests(documents);
  Json out = Json::array();
  int number = 0;
  for (const FileRow& file : repository.files(contract.content.files))
    out.add(Json::object()
                .set("number", ++number)
                .set("sha256", file.content.substr(file.content.find(':') + 1)));
  return out;
}

}  // namespace

WriteSet note_view(const Office& office, const Request& request, const Contract& contract,
                   Viewed what, const std::vector<DocumentRow>& documents) {
  if (!contract.row.sent) return {};
  const Host& host = office.host;
  const Repository repository = office.repository(request);
  const PartyRow* me = party_of(contract, request.subject());
  const ViewRow row{contract.row.id,
                    request.subject().person,
                    me ? me->id : "",
                    std::string(name_of(what)),
                    contract.row.owner,
                    contract.row.version,
                    host.now()};
  const std::string key = "contract = ? AND person = ? AND party = ? AND what = ?";
  const std::vector<Json> params{row.contract, row.person, row.party, row.what};
  const auto last = repository.store().find(kViews, key, params);
  if (last && last->version == row.version && row.at.ms >= last->at.ms &&
      row.at.ms - last->at.ms < kHourMs)
    return {};
  WriteSet writes = reading_event(host, request.call, contract, actor_of(request),
                                  "contract.viewed",
                                  Json::object()
                                      .set("party", row.party)
                                      .set("what", row.what)
                                      .set("shown_digest", shown_digest(documents))
                                      .set("documents", seen_digests(repository, contract,
                                                                     documents)));
  // Of two at once, the second one is run again and finds it noted.
  if (last) {
    std::vector<Json> guard = params;
    guard.insert(guard.end(), {Json(last->version), Json(last->at.ms)});
    repository.store().update(writes, kViews, row, key + " AND version = ? AND at = ?",
                              std::move(guard));
  } else {
    repository.store().insert(writes, kViews, row);
  }
  if (me && !me->viewed)
    writes.run("UPDATE contract_party SET viewed = ? WHERE contract = ? AND id = ? "
               "AND viewed IS NULL",
               {row.at.ms, row.contract, me->id});
  return writes;
}

Json document_digests(const std::vector<DocumentRow>& documents) {
  Json out = Json::array();
  for (const DocumentRow& document : documents)
    out.add(Json::object().set("number", document.number).set("sha256", document.digest));
  return out;
}

}  // namespace cinnabar::contract
