#include "reading.hpp"

#include "hooks.hpp"
#include "viewing.hpp"

#include <cinnabar/services/kernel.hpp>

#include <algorithm>
#include <charconv>

namespace cinnabar::contract {
namespace {

constexpr int kListDefault = 20, kListMax = 100;
constexpr int kDpiDefault = 144, kDpiMin = 18, kDpiMax = 400;

int number_of(const Request& request, std::string text, const char* name, int fallback, int least,
              int most) {
  if (text.empty()) text = request.query(name);
  if (text.empty()) return fallback;
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < least || value > most)
    throw Error("request.invalid", {{"reason", std::string(name) + " must be a number from " +
                                                   std::to_string(least) + " to " +
                                                   std::to_string(most)}},
                "/" + std::string(name));
  return value;
}

// One document as it is now: an uploaded file before freezing, then its base and segments.
struct Current {
  std::string name;
  std::string digest;
  std::vector<std::string> parts;  // blob ids
};

Current current_of(const Repository& repository, const Contract& contract, int number) {
  const auto documents = repository.documents(contract.row.id);
  const auto count =
      static_cast<int>(documents.empty() ? contract.content.files.size() : documents.size());
  if (number < 1 || number > count)
    throw Error("contract.document_not_found", {{"number", std::to_string(number)},
                                                {"count", std::to_string(count)}});
  const auto at = static_cast<std::size_t>(number - 1);
  if (documents.empty()) {
    const FileRow file = repository.file(contract.content.files[at]);
    return {file.name, file.content.substr(file.content.find(':') + 1), {file.content}};
  }
  Current current{documents[at].name, documents[at].digest, {documents[at].base}};
  for (const Segment& segment : documents[at].segments) current.parts.push_back(segment.blob);
  return current;
}

Bytes bytes_of_parts(const Host& host, const Current& current) {
  std::string bytes;
  for (const std::string& part : current.parts) bytes += host.blob_read(part);
  return Bytes(std::move(bytes));
}

// What the subject handles, and what counts to the departments that their permission covers.
void limit_to_reach(const Request& request, std::string& where, std::vector<Json>& params) {
  const ReachInfo& reach = request.reach();
  if (reach.scope == "enterprise") return;
  std::string within = "h.handler = ?";
  params.push_back(request.subject().person);
  if (reach.scope == "department" && !reach.departments.empty()) {
    std::string marks;
    for (const std::string& department : reach.departments) {
      marks += marks.empty() ? "?" : ", ?";
      params.push_back(department);
    }
    within += " OR h.department IN (" + marks + ")";
  }
  where += std::string(where.empty() ? "" : " AND ") +
           "EXISTS (SELECT 1 FROM contract_handler h WHERE h.owner = contract_list.owner AND "
           "h.contract = contract_list.contract AND (" + within + "))";
}

int document_number(const Request& request) {
  const auto given = request.http.params.find("number");
  return number_of(request, given == request.http.params.end() ? "" : given->second, "document", 1,
                   1, kFilesMax);
}

}  // namespace

Answer<ContractPage> Reading::list(const Request& request) {
  const int limit = number_of(request, "", "limit", kListDefault, 1, kListMax);
  std::string where;
  std::vector<Json> params;
  if (const std::string state = request.query("state"); !state.empty()) {
    if (!enum_from<State>(state))
      throw Error("request.invalid", {{"reason", "there is no state " + state}}, "/state");
    where = "state = ?";
    params.push_back(state);
  }
  if (const std::string turn = request.query("turn"); turn == "true")
    where += where.empty() ? "turn = 1" : " AND turn = 1";
  if (const std::string cursor = request.query("cursor"); !cursor.empty()) {
    where += where.empty() ? "contract < ?" : " AND contract < ?";
    params.push_back(cursor);
  }
  limit_to_reach(request, where, params);
  where += " ORDER BY contract DESC LIMIT " + std::to_string(limit + 1);
  const Store store(office_.host, request.call, request.subject().owner());
  const auto rows = store.list(kList, where, std::move(params));
  Answer<ContractPage> answer;
  for (const ListRow& row : rows) {
    if (static_cast<int>(answer.body.contracts.size()) == limit) {
      answer.body.next = answer.body.contracts.back().id;
      break;
    }
    answer.body.contracts.push_back({row.contract, row.name, row.state, row.relation, row.turn,
                                     row.created, row.updated, row.deadline});
  }
  return answer;
}

Answer<ContractView> Reading::view(const Request& request) {
  const Host& host = office_.host;
  const Repository repository = office_.repository(request);
  const Contract contract = repository.contract(request.object().id);
  const auto documents = repository.documents(contract.row.id);
  auto answer = answer_of(office_, request, contract,
                          note_view(office_, request, contract, Viewed::contract, documents),
                          documents);
  answer.body.timeline = timeline_of(
      contract, host.service<Events>(request.call).chain({contract.row.id}).events);
  return answer;
}

FileAnswer Reading::document(const Request& request) {
  const Repository repository = office_.repository(request);
  Contract contract = repository.contract(request.object().id);
  const PartyRow* me = party_of(contract, request.subject());
  ask_download(office_.host, request.call, contract, request.subject(), "document");
  const int number = document_number(request);
  Current current = current_of(repository, contract, number);
  FileAnswer answer;
  answer.content_type = "application/pdf";
  answer.filename = contract.row.name + ".pdf";
  answer.etag = current.digest;
  answer.parts = std::move(current.parts);
  if (contract.row.sent) {
    answer.writes = reading_event(
        office_.host, request.call, contract, actor_of(request), "contract.downloaded",
        Json::object()
            .set("party", me ? me->id : "")
            .set("document", number)
            .set("digest", current.digest));
  }
  return answer;
}

FileAnswer Reading::page(const Request& request) {
  const Repository repository = office_.repository(request);
  Contract contract = repository.contract(request.object().id);
  ask_download(office_.host, request.call, contract, request.subject(), "page");
  const Current current = current_of(repository, contract, document_number(request));
  constexpr int kPageMax = 10'000;
  RenderRequest render;
  render.page = number_of(request, request.param("page"), "page", 1, 1, kPageMax);
  render.dpi = number_of(request, "", "dpi", kDpiDefault, kDpiMin, kDpiMax);
  render.document = bytes_of_parts(office_.host, current);
  const Rendered rendered = office_.host.service<DocumentEngine>(request.call).render(render);
  FileAnswer answer;
  answer.content_type = "image/png";
  answer.content = rendered.png.text();
  answer.etag =
      current.digest + "-" + std::to_string(render.page) + "-" + std::to_string(render.dpi);
  answer.writes = note_view(office_, request, contract, Viewed::document,
                            repository.documents(contract.row.id));
  return answer;
}

Answer<DocumentPages> Reading::text(const Request& request) {
  const Repository repository = office_.repository(request);
  Contract contract = repository.contract(request.object().id);
  ask_download(office_.host, request.call, contract, request.subject(), "text");
  const Current current = current_of(repository, contract, document_number(request));
  TextRequest text;
  text.document = bytes_of_parts(office_.host, current);
  Answer<DocumentPages> answer;
  answer.body.pages = office_.host.service<DocumentEngine>(request.call).text(text).pages;
  answer.etag = current.digest;
  answer.writes = note_view(office_, request, contract, Viewed::document,
                            repository.documents(contract.row.id));
  return answer;
}

}  // namespace cinnabar::contract
