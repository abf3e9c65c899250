// cinnabar.caller/1: who speaks in a request whose credentials are no session: a program with a
// key of its own. The kernel asks whoever provides it and has the permission "sessions", before
// anything else of the request is done, and again when the body is there. Thread-safety: any
// thread.
#pragma once

#include <cinnabar/service.hpp>
#include <cinnabar/write_set.hpp>

namespace cinnabar {

// What the request says of itself. Nothing of it is trusted yet.
struct CallerRequest {
  std::string authorization;  // the header as sent; empty: none
  std::string method;
  std::string scheme;     // http, https
  std::string authority;  // the Host header as sent
  std::string target;     // path and query as sent
  // The other headers, by name in lower case; never cookies.
  std::map<std::string, std::string> headers;
  // False: only the head has come, and what depends on the body is left for the second time.
  bool body_known = false;
  std::string body_sha256;  // hex; of an empty body, too
  std::string address;      // of the peer
};
CINNABAR_DESCRIBE(CallerRequest, (authorization, secret, length(0, 65'536)), method, scheme,
                  authority, (target, length(0, 65'536)), (headers, length(0, 65'536)),
                  body_known, body_sha256, address)

// The key stands for a person who acts for an enterprise, and for no more than its permissions:
// what may be done is what both may.
struct Caller {
  std::string person;  // empty: the credentials are none of the provider's
  std::string enterprise;
  std::string key;
  std::vector<std::string> permissions;
  // Committed together with what the request changes: that its signature was used, say. Stamped.
  WriteSet writes;
};
CINNABAR_DESCRIBE(Caller, person, enterprise, key, permissions, writes)

class Callers {
 public:
  using Interface = Callers;
  virtual ~Callers() = default;
  // Throws an Error with status 401 or 403 when the credentials are not good.
  virtual Caller identify(const CallerRequest&, const Call&) = 0;
};
CINNABAR_SERVICE(Callers, "cinnabar.caller/1", identify)

}  // namespace cinnabar
