// The certificate with which the platform signs bundles and reports: one for the installation, made
// when first needed and renewed before it ends. Any thread.
#pragma once

#include "rows.hpp"

namespace cinnabar::evidence {

class OwnCredential final : public PlatformCredential {
 public:
  OwnCredential(const Host& host, std::string name)
      : PlatformCredential(host, kCredentials, std::move(name), "evi", kRemainingMinMs),
        host_(host) {}

  // A detached CMS signature over the content with a timestamp over the signature.
  std::string sign(std::string_view content, const Call& call);

 private:
  // So that what it signs can be checked for a while without an archive's help.
  static constexpr std::int64_t kRemainingMinMs = std::int64_t{90} * 86'400'000;

  const Host& host_;
};

}  // namespace cinnabar::evidence
