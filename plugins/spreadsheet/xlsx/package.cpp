#include "package.hpp"

#include "fault.hpp"
#include "inflate.hpp"

namespace cinnabar::xlsx {
namespace {

// Of all parts that are read, together.
constexpr std::uint64_t kUnpackedMax = 128 << 20;
constexpr std::size_t kRelationshipsMax = 10'000;

// The folder of a part with its last slash, or nothing.
std::string folder_of(const std::string& part) {
  const std::size_t slash = part.rfind('/');
  return slash == std::string::npos ? std::string() : part.substr(0, slash + 1);
}

// Where a target leads, seen from a folder. Steps upwards are resolved, and must not leave.
std::string resolved(const std::string& folder, std::string_view target) {
  std::string path = target.starts_with('/') ? std::string(target.substr(1))
                                             : folder + std::string(target);
  std::vector<std::string> steps;
  for (std::size_t at = 0; at <= path.size();) {
    const std::size_t end = std::min(path.find('/', at), path.size());
    const std::string step = path.substr(at, end - at);
    at = end + 1;
    if (step == ".") continue;
    if (step != "..") {
      steps.push_back(step);
      continue;
    }
    if (steps.empty()) throw unsafe("a reference that leads out of the file");
    steps.pop_back();
  }
  std::string out;
  for (const std::string& step : steps) out += (out.empty() ? "" : "/") + step;
  return out;
}

class RelationshipHandler final : public XmlHandler {
 public:
  explicit RelationshipHandler(std::string folder) : folder_(std::move(folder)) {}

  void begin(std::string_view path, const Attributes& attributes) override {
    if (path != "/Relationships/Relationship") return;
    if (attributes.get("TargetMode") == "External") return;
    if (found.size() >= kRelationshipsMax) throw too_large("references", kRelationshipsMax);
    const std::string_view type = attributes.get("Type");
    found[std::string(attributes.get("Id"))] = {std::string(type.substr(type.rfind('/') + 1)),
                                                resolved(folder_, attributes.get("Target"))};
  }

  std::map<std::string, Relationship> found;

 private:
  std::string folder_;
};

}  // namespace

Package::Package(std::string_view file) {
  for (Member& member : read_directory(file)) {
    std::string name = member.name;
    members_.emplace(std::move(name), std::move(member));
  }
}

void Package::read(const std::string& part, XmlHandler& handler) {
  const auto found = members_.find(part);
  if (found == members_.end()) throw damaged("a part is missing");
  unpacked_ += found->second.size;
  if (unpacked_ > kUnpackedMax) throw too_large("bytes", kUnpackedMax);
  XmlReader reader(handler);
  read_member(found->second, [&](std::string_view piece) { reader.feed(piece); });
  reader.finish();
}

std::map<std::string, Relationship> Package::relationships(const std::string& part) {
  const std::string folder = folder_of(part);
  const std::string name = folder + "_rels/" + part.substr(folder.size()) + ".rels";
  if (!has(name)) return {};
  RelationshipHandler handler(folder);
  read(name, handler);
  return std::move(handler.found);
}

}  // namespace cinnabar::xlsx
