#include "files.hpp"

#include <cinnabar/services/organisation.hpp>

namespace cinnabar::contract {
namespace {

constexpr std::size_t kNameMax = 120;  // bytes; what file systems and headers take
constexpr std::string_view kBlobPrefix = "sha256:";

FileView view_of(const FileRow& row) {
  const std::string_view digest = std::string_view(row.content).substr(kBlobPrefix.size());
  return {row.id, row.name, std::string(digest), row.size, row.pdf_version, row.pages, row.created};
}

// The client's name without folders, control characters and excess; cut between characters.
std::string file_name(std::string_view given) {
  if (const auto slash = given.find_last_of("/\\"); slash != std::string_view::npos)
    given.remove_prefix(slash + 1);
  std::string out;
  for (const char c : given)
    if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f && c != '"') out += c;
  if (out.size() > kNameMax) {
    std::size_t cut = kNameMax;
    while (cut > 0 && (static_cast<unsigned char>(out[cut]) & 0xC0) == 0x80) --cut;
    out.resize(cut);
  }
  return out.empty() || out == "." || out == ".." ? "document.pdf" : out;
}

}  // namespace

// The document is opened in the engine's own process; what it refuses leaves nothing behind.
Answer<FileView> Files::upload(const Request& request) {
  const Host& host = office_.host;
  if (request.http.upload.empty()) throw Error("contract.file_missing");
  InspectRequest inspect;
  inspect.document = Bytes(host.blob_read(request.http.upload));
  inspect.pages_max = office_.config.pages_max;
  if (inspect.document.empty()) throw Error("contract.file_missing");
  Inspection found = host.service<DocumentEngine>(request.call).inspect(inspect);

  FileRow row;
  row.id = host.new_id("fil");
  row.owner = request.subject().owner();
  row.name = file_name(request.http.upload_name);
  row.content = request.http.upload;
  row.size = static_cast<std::int64_t>(inspect.document.size());
  row.pdf_version = std::move(found.pdf_version);
  row.pages = std::move(found.pages);
  row.created = host.now();
  row.uploader = request.subject().person;
  if (const std::string& enterprise = request.subject().acting_for; !enterprise.empty())
    row.department = host.service<Organisation>(request.call)
                         .membership({enterprise, row.uploader}).department;

  Answer<FileView> answer;
  answer.body = view_of(row);
  answer.location = "/api/v1/files/" + row.id;
  Store(host, request.call, row.owner).insert(answer.writes, kFiles, row);
  answer.writes.blobs.push_back(row.content);
  answer.writes.grants.push_back(
      {row.id, row.owner, "owner", row.owner, row.uploader, row.department});
  answer.writes.events.push_back(
      {"file.uploaded", row.id, row.owner, request.subject().person,
       Json::object().set("content", row.content).set("size", row.size)});
  return answer;
}

Answer<FileView> Files::view(const Request& request) {
  Answer<FileView> answer;
  answer.body = view_of(office_.repository(request).file(request.object().id));
  return answer;
}

}  // namespace cinnabar::contract
