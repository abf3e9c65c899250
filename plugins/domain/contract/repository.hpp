// Reading contracts from their tables. Everything is scoped to the tenant that owns the contract.
// Any thread.
#pragma once

#include "model.hpp"

namespace cinnabar::contract {

// One tenant's contracts, for the length of a request.
class Repository {
 public:
  Repository(const Host& host, const Call& call, std::string owner)
      : store_(host, call, std::move(owner)) {}

  const Store& store() const { return store_; }

  Contract contract(const std::string& id) const;  // throws contract.not_found
  // For jobs: a contract may be gone when they come, since restores happen.
  std::optional<Contract> find(const std::string& id) const;
  FileRow file(const std::string& id) const;       // throws contract.file_not_found
  // In that order. Throws contract.file_unknown with the pointer of the fault.
  std::vector<FileRow> files(const std::vector<std::string>& ids) const;
  std::vector<DocumentRow> documents(const std::string& contract) const;
  FrozenRow frozen(const std::string& contract, int number) const;

 private:
  Store store_;
};

// What a signer was shown: the SHA-256 of the one document, or, of several, the SHA-256 over their
// digests in order. Empty before freezing.
std::string shown_digest(const std::vector<DocumentRow>& documents);

}  // namespace cinnabar::contract
