// A person's credentials with the authentication methods: set through the method, kept here,
// opaque. Stateless functions; any thread.
#pragma once

#include "rows.hpp"

#include <cinnabar/domain_plugin.hpp>
#include <cinnabar/services/auth_method.hpp>

namespace cinnabar {

struct CredentialChange {
  Json answer;
  Json current;
  std::string enrolment;
};
CINNABAR_DESCRIBE(CredentialChange,
                  (answer, required, secret,
                   doc("What the method asks for; for `password`: {\"password\": \"246810\"}.")),
                  (current, secret,
                   doc("The same for the present credential; needed to replace one. Of a method "
                       "that keeps several: for the signing password, to add or remove one.")),
                  (enrolment, length(0, 64),
                   doc("Of a method that keeps several: the enrolment that this answers.")))

struct EnrolmentBegun {
  std::string enrolment;
  Json prompt;
  Time expires;
};
CINNABAR_DESCRIBE(EnrolmentBegun, enrolment, (prompt, doc("For `passkey`: what the browser's "
                                                          "credentials.create() takes.")),
                  expires)

struct CredentialsView {
  std::string method;
  bool set = false;
  std::vector<KeptCredential> kept;
};
CINNABAR_DESCRIBE(CredentialsView, method, set, (kept, doc("Of a method that keeps several.")))

Answer<CredentialsView> see_credentials(const Host& host, const Call& call,
                                        const std::string& person, const std::string& method);
// For methods that keep several of a person. Throws "organisation.method_unknown".
Answer<EnrolmentBegun> begin_enrolment(const Host& host, const Call& call,
                                       const std::string& person, const std::string& method);

// Throws "organisation.method_unknown", "organisation.current_required", and what the method
// refuses with. A wrong present credential is counted.
Answer<Nothing> change_credential(const Host& host, const Call& call, const std::string& person,
                                  const std::string& method, const CredentialChange& in);

std::optional<CredentialRow> find_credential(const Host& host, const Call& call,
                                             const std::string& person, const std::string& method);
std::vector<std::string> credential_methods(const Host& host, const Call& call,
                                            const std::string& person);

}  // namespace cinnabar
