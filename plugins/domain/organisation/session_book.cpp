#include "session_book.hpp"

namespace cinnabar {

std::vector<SessionRow> SessionBook::open(const std::string& person) const {
  constexpr int kShown = 1000;  // more than anybody has
  return store_.list(kSessions, "person = ? AND expires > ? ORDER BY created DESC LIMIT ?",
                     {person, host_.now_ms(Clock::real), kShown});
}

SessionList SessionBook::list(const SubjectInfo& subject) const {
  SessionList out;
  for (const SessionRow& row : open(subject.person))
    out.sessions.push_back({row.id, row.method, row.acting_for, row.address, row.user_agent,
                            row.created, row.expires, row.token_sha256 == subject.session});
  return out;
}

void SessionBook::end(const std::string& person, const std::string& id, WriteSet& writes) const {
  const auto row = store_.find(kSessions, "id = ? AND person = ?", {id, person});
  if (!row) throw Error("organisation.session_unknown");
  writes.revoked_sessions.push_back(row->token_sha256);
  store_.remove(writes, kSessions, "id = ?", {id});
}

void SessionBook::end_all(const std::string& person, const std::string& but,
                          WriteSet& writes) const {
  for (const SessionRow& row : open(person))
    if (row.token_sha256 != but) writes.revoked_sessions.push_back(row.token_sha256);
  store_.remove(writes, kSessions, "person = ? AND token_sha256 <> ?", {person, but});
}

}  // namespace cinnabar
