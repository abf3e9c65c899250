// What everybody must do who says who speaks in a request, as a test that its author runs
// (GoogleTest):
//
//   testing::check_caller(world.client<Callers>(call), {a_good_get_request, "cinnabar.api-keys"});
//
// Everything goes through the boundary, as in the kernel. One thread.
#pragma once

#include <cinnabar/services/caller.hpp>

#include <gtest/gtest.h>

namespace cinnabar::testing {

struct CallerCase {
  CallerRequest reading;  // a GET with good credentials
  std::string plugin{};   // id that its contributions are stamped with; empty: it has no tables
};

// Whom the request speaks for; empty: nobody, or refused as a caller's fault.
inline std::string spoken_for(const Client<Callers>& callers, const CallerRequest& request) {
  try {
    const Caller caller = callers.identify(request);
    return caller.person.empty() ? std::string() : caller.person + " " + caller.key;
  } catch (const Error& error) {
    EXPECT_EQ(error.status(), CINNABAR_REFUSED) << "bad credentials are nobody's failure: "
                                                << error.code();
    return {};
  }
}

inline void check_caller(const Client<Callers>& callers, const CallerCase& test) {
  const Caller caller = callers.identify(test.reading);
  EXPECT_FALSE(caller.person.empty());
  EXPECT_FALSE(caller.enterprise.empty()) << "a key is for an enterprise";
  EXPECT_FALSE(caller.key.empty()) << "every call is attributable to a key";
  for (const Statement& statement : caller.writes.statements)
    EXPECT_EQ(statement.plugin, test.plugin) << "a service says whose tables it writes to";

  // Asked when the head has come and again with the body: the same answer, nothing used up.
  CallerRequest head = test.reading;
  head.body_known = false;
  head.body_sha256.clear();
  const std::string whom = caller.person + " " + caller.key;
  EXPECT_EQ(spoken_for(callers, head), whom);
  EXPECT_EQ(spoken_for(callers, test.reading), whom);

  CallerRequest without = test.reading;
  without.authorization.clear();
  without.headers.clear();
  EXPECT_EQ(spoken_for(callers, without), "") << "without credentials it is nobody";

  // One character of any credential is another: nobody, and no failure.
  for (const std::string name : {"", "signature", "signature-input"}) {
    CallerRequest other = test.reading;
    if (!name.empty() && other.headers.count(name) == 0) continue;
    std::string* const text = name.empty() ? &other.authorization : &other.headers[name];
    const std::string good = *text;
    for (std::size_t at = 0; at < good.size(); ++at) {
      *text = good;
      (*text)[at] = good[at] == 'A' ? 'B' : 'A';
      EXPECT_EQ(spoken_for(callers, other), "") << name << " at " << at;
    }
  }
}

}  // namespace cinnabar::testing
