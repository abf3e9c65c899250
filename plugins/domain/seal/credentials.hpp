// The certificate and key of a seal or a person: found, or issued when there is none that lasts.
// A key that was made for a command which then did not commit is an orphan and harmless. Values of
// one call; not shared between threads.
#pragma once

#include "rows.hpp"

#include <cinnabar/services/trust.hpp>

namespace cinnabar {

// A certificate that ends sooner than this is replaced before it is used once more; a short-lived
// one when less than a third of its life is left.
inline constexpr std::int64_t kRenewBeforeMs = 24 * 3'600'000;

class CredentialsTable {
 public:
  CredentialsTable(const Host& host, const Call& call, std::string owner, std::string key_store)
      : host_(host), call_(call), store_(host, call, std::move(owner)),
        key_store_(std::move(key_store)) {}

  // The newest one, if it lasts.
  std::optional<Credential> find(const std::string& subject) const;
  // The same, or a new one of `profile`, recorded in the write-set.
  Credential obtain(const std::string& subject, const std::string& profile, const std::string& name,
                    const std::string& identifier, WriteSet& writes) const;
  // Takes all generations out of use; those that have not ended are returned, to be revoked.
  std::vector<CredentialRow> retire(const std::string& subject, WriteSet& writes) const;

 private:
  std::optional<CredentialRow> newest(const std::string& subject) const;
  bool lasts(const CredentialRow& row) const;

  const Host& host_;
  const Call& call_;
  Store store_;
  std::string key_store_;
};

// Names in certificates have at most 64 characters (X.520 upper bounds, RFC 5280 appendix A).
std::string certificate_name(std::string_view name);

}  // namespace cinnabar
