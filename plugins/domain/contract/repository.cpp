#include "repository.hpp"

#include "digest.hpp"

#include <set>

namespace cinnabar::contract {

std::optional<Contract> Repository::find(const std::string& id) const {
  auto row = store_.find(kContracts, "id = ?", {id});
  auto content = store_.find(kContents, "contract = ?", {id});
  if (!row || !content) return std::nullopt;
  return Contract{std::move(*row), std::move(*content),
                  store_.list(kParties, "contract = ? ORDER BY seat", {id})};
}

Contract Repository::contract(const std::string& id) const {
  auto found = find(id);
  if (!found) throw Error("contract.not_found", {{"contract", id}});
  return std::move(*found);
}

FileRow Repository::file(const std::string& id) const {
  auto row = store_.find(kFiles, "id = ?", {id});
  if (!row) throw Error("contract.file_not_found", {{"file", id}});
  return std::move(*row);
}

std::vector<FileRow> Repository::files(const std::vector<std::string>& ids) const {
  std::vector<FileRow> out;
  std::set<std::string> seen;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const std::string pointer = "/files/" + std::to_string(i);
    auto row = store_.find(kFiles, "id = ?", {ids[i]});
    if (!row) throw Error("contract.file_unknown", {{"file", ids[i]}}, pointer);
    if (!seen.insert(ids[i]).second)
      throw Error("contract.file_twice", {{"file", ids[i]}}, pointer);
    out.push_back(std::move(*row));
  }
  return out;
}

std::vector<DocumentRow> Repository::documents(const std::string& contract) const {
  return store_.list(kDocuments, "contract = ? ORDER BY number", {contract});
}

FrozenRow Repository::frozen(const std::string& contract, int number) const {
  auto row = store_.find(kFrozen, "contract = ? AND number = ?", {contract, number});
  if (!row) throw failure("contract " + contract + " has no field map");
  return std::move(*row);
}

std::string shown_digest(const std::vector<DocumentRow>& documents) {
  if (documents.empty()) return {};
  if (documents.size() == 1) return documents.front().digest;
  std::string digests;
  for (const DocumentRow& document : documents) digests += from_hex(document.digest).value_or("");
  return sha256_hex(digests);
}

}  // namespace cinnabar::contract
