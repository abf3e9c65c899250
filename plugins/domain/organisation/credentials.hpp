// A person's credentials with the authentication methods: set through the method, kept here,
// opaque. Stateless functions; any thread.
#pragma once

#include "rows.hpp"

#include <cinnabar/domain_plugin.hpp>

namespace cinnabar {

struct CredentialChange {
  Json answer;
  Json current;
};
CINNABAR_DESCRIBE(CredentialChange,
                  (answer, required, secret,
                   doc("What the method asks for; for `password`: {\"password\": \"246810\"}.")),
                  (current, secret,
                   doc("The same for the present credential; needed to replace one.")))

// Throws "organisation.method_unknown", "organisation.current_required", and what the method
// refuses with. A wrong present credential is counted.
Answer<Nothing> change_credential(const Host& host, const Call& call, const std::string& person,
                                  const std::string& method, const CredentialChange& in);

std::optional<CredentialRow> find_credential(const Host& host, const Call& call,
                                             const std::string& person, const std::string& method);
std::vector<std::string> credential_methods(const Host& host, const Call& call,
                                            const std::string& person);

}  // namespace cinnabar
