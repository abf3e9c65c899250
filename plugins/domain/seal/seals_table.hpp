// Reading an owner's seals and recording their use. Values of one call; not shared between threads.
#pragma once

#include "rows.hpp"

namespace cinnabar {

class SealsTable {
 public:
  // `owner`: the enterprise or the person whose seals these are.
  SealsTable(const Host& host, const Call& call, std::string owner)
      : host_(host), store_(host, call, std::move(owner)) {}

  const Store& store() const { return store_; }
  std::vector<SealRow> all() const;
  // Throws "seal.not_found".
  SealRow by_id(const std::string& id) const;
  // The one that is meant when none is named: of an enterprise the contract seal before the
  // official one before others, then the oldest.
  std::optional<SealRow> usual(SealKind kind) const;
  // Whether another enabled seal has the same credential.
  bool others_use(const SealRow& row) const;
  std::vector<UsageRow> usages(const std::string& seal) const;

  // Throws "seal.limit" when another enabled seal of the owner has the name.
  void require_free(const SealRow& row) const;
  void insert(const SealRow& row, WriteSet& writes) const;
  void set_state(SealRow row, SealState state, WriteSet& writes) const;
  // Guarded: a seal that is disabled before the commit makes it a conflict.
  void record_use(const SealRow& row, const std::string& person, const std::string& contract,
                  const std::string& certificate, WriteSet& writes) const;

 private:
  const Host& host_;
  Store store_;
};

// What no two enabled seals share.
std::string slot_of(const SealRow& row);

}  // namespace cinnabar
