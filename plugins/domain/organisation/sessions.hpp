// Signing in and out. Values of one call; not shared between threads.
#pragma once

#include "enterprises.hpp"

#include <cinnabar/domain_plugin.hpp>

namespace cinnabar {

struct NewSession {
  std::string mobile;
  std::string password;
  std::string acting_for;
  bool cookie = false;
};
CINNABAR_DESCRIBE(NewSession, (mobile, required, personal, length(5, 21), format("mobile")),
                  (password, required, secret, length(1, 128)),
                  (acting_for, length(0, 64), doc("Enterprise to act for; empty: for oneself.")),
                  (cookie, doc("The token comes as a cookie for browsers, out of scripts' reach.")))

struct SessionView {
  std::string token;
  Time expires;
  std::string acting_for;
  PersonView person;
  std::vector<EnterpriseView> enterprises;
};
CINNABAR_DESCRIBE(SessionView, (token, secret, doc("Send as: Authorization: Bearer <token>")),
                  expires, acting_for, person, enterprises)

// A session as this caller sees it.
struct Me {
  PersonView person;
  std::string acting_for;
  std::vector<EnterpriseView> enterprises;
  std::vector<std::string> methods;
};
CINNABAR_DESCRIBE(Me, person, acting_for, enterprises,
                  (methods, doc("Authentication methods with a credential set.")))

// Where a session comes from.
struct SessionOrigin {
  std::string method;
  std::string address;
  std::string user_agent;
};

struct SessionWish {
  std::string acting_for;
  bool cookie = false;
  std::int64_t lifetime_ms = 0;
};

// The same answer, after the same work, whether the number is unknown or the password wrong; a
// refusal is counted.
Answer<SessionView> sign_in(const Host& host, const Call& call, const NewSession& in,
                            std::int64_t lifetime_ms, const SessionOrigin& origin);

// Makes a session of somebody who has shown who they are. Throws "organisation.not_member".
void open_session(const Host& host, const Call& call, const PersonRow& person,
                  const SessionWish& wish, const SessionOrigin& origin,
                  Answer<SessionView>& answer);

}  // namespace cinnabar
