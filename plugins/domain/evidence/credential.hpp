// The certificate with which the platform signs bundles and reports: one for the installation, made
// when first needed and renewed before it ends. Any thread.
#pragma once

#include "rows.hpp"

#include <mutex>

namespace cinnabar::evidence {

class OwnCredential {
 public:
  OwnCredential(const Host& host, std::string name) : host_(host), name_(std::move(name)) {}

  // Throws what the certificate authority throws.
  Credential get(const Call& call);
  // A detached CMS signature over the content with a timestamp over the signature.
  std::string sign(std::string_view content, const Call& call);

 private:
  Credential issue(const Call& call) const;

  const Host& host_;
  std::string name_;
  std::mutex mutex_;
  std::optional<Credential> current_;
};

}  // namespace cinnabar::evidence
