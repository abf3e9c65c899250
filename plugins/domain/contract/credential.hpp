// PlatformCredential: the platform's own document certificate, with which frozen documents are
// certified. Made once for the installation and renewed before it ends. Any thread.
#pragma once

#include "model.hpp"

#include <mutex>

namespace cinnabar::contract {

class PlatformCredential {
 public:
  PlatformCredential(const Host& host, std::string name) : host_(host), name_(std::move(name)) {}

  // Makes one when there is none that lasts. Throws what the certificate authority throws.
  Credential get(const Call& call);

 private:
  bool lasts(const Credential& credential, std::int64_t remaining_ms) const;
  std::optional<Credential> newest(const Call& call) const;
  Credential issue(const Call& call) const;

  const Host& host_;
  std::string name_;
  std::mutex mutex_;
  std::optional<Credential> current_;
};

}  // namespace cinnabar::contract
