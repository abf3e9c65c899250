// Real names: checked with a provider, kept sealed. Made with the plugin; any thread.
#pragma once

#include "rows.hpp"

#include <cinnabar/domain_plugin.hpp>
#include <cinnabar/services/data_subject.hpp>
#include <cinnabar/services/identity.hpp>
#include <cinnabar/services/identity_provider.hpp>

namespace cinnabar {

struct IdentityConfig {
  std::string provider;
  bool permits = false;
  std::int64_t age_min = 18;
  std::int64_t age_max = 75;
};
CINNABAR_DESCRIBE(IdentityConfig, provider, permits, (age_min, range(16, 18)),
                  (age_max, range(60, 120)))

inline constexpr int kChecksPerDayMax = 5;

struct NewIdentity {
  std::string name;
  DocumentType document = DocumentType::resident_id;
  std::string number;
  std::string mobile;
};
CINNABAR_DESCRIBE(NewIdentity,
                  (name, required, personal, length(1, 100), format("line"),
                   doc("As on the document.")),
                  (document, required), (number, required, personal, length(5, 30)),
                  (mobile, personal, length(0, 20),
                   doc("In one's own name; absent: that of the account.")))

struct IdentityView {
  bool verified = false;
  std::string name;
  std::string document;
  std::string number;
  std::string provider;
  std::optional<Time> at;
};
CINNABAR_DESCRIBE(IdentityView, verified, (name, personal), document,
                  (number, personal, doc("Masked.")), provider, at)

class RealNames {
 public:
  RealNames(Host& host, IdentityConfig config) : host_(host), config_(std::move(config)) {}

  Answer<IdentityView> view(const Request& request);
  // Throws "identity.*"; a refusal is counted.
  Answer<IdentityView> verify(const NewIdentity& in, const Request& request);

  VerifiedPeople verified(const std::vector<std::string>& people, const Call& call) const;
  // The provider's name. Throws "identity.no_provider".
  std::string provider(const Call& call) const;
  // What a face is compared with; nothing: never verified.
  std::optional<IdentityElements> elements(const std::string& person, const Call& call) const;
  Erasure erase(const std::string& person) const;

 private:
  void check_document(const NewIdentity& in, const std::string& number) const;
  CheckRow next_check(const std::string& person, const Call& call) const;
  std::vector<RealName> opened(const std::vector<IdentityRow>& rows, const Call& call) const;
  void keep(const std::string& person, const RealName& real, const NewIdentity& in,
            const CheckRow& check, const std::string& index, const Call& call,
            WriteSet& writes) const;

  Host& host_;
  const IdentityConfig config_;
};

}  // namespace cinnabar
