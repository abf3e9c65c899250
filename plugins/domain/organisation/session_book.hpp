// A person's sessions: seen, and ended from another one. Values of one call; not shared between
// threads.
#pragma once

#include "rows.hpp"

#include <cinnabar/domain_plugin.hpp>

namespace cinnabar {

struct SessionEntry {
  std::string id;
  std::string method;
  std::string acting_for;
  std::string address;
  std::string user_agent;
  Time created;
  Time expires;
  bool current = false;
};
CINNABAR_DESCRIBE(SessionEntry, id, method, acting_for, (address, personal), user_agent, created,
                  expires, current)

struct SessionList {
  std::vector<SessionEntry> sessions;
};
CINNABAR_DESCRIBE(SessionList, (sessions, items(0, 1000)))

class SessionBook {
 public:
  SessionBook(const Host& host, const Call& call) : host_(host), store_(host, call, {}) {}

  SessionList list(const SubjectInfo& subject) const;
  // Throws "organisation.session_unknown".
  void end(const std::string& person, const std::string& id, WriteSet& writes) const;
  // All but the one with this digest; empty: all.
  void end_all(const std::string& person, const std::string& but, WriteSet& writes) const;

 private:
  std::vector<SessionRow> open(const std::string& person) const;

  const Host& host_;
  Store store_;
};

}  // namespace cinnabar
