#include "kernel/tenancy/access.hpp"

#include "kernel/base/ids.hpp"

#include <algorithm>

namespace cinnabar::kernel {
namespace {

// Ours are 43 characters; anything much longer is not worth hashing.
constexpr std::size_t kTokenSizeMax = 256;

Error unauthenticated() { return Error("auth.session_invalid"); }

bool is_membership(const std::string& role) { return role == "member" || role == "admin"; }

template <class List>
bool contains(const List& list, std::string_view text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

}  // namespace

Access::Access(const Db& db, const Clocks& clocks, std::vector<std::string> operators)
    : db_(db), clocks_(clocks), operators_(std::move(operators)) {}

SubjectInfo Access::authenticate(std::string_view token, std::string_view acting_for) const {
  if (token.empty() || token.size() > kTokenSizeMax) throw unauthenticated();
  SubjectInfo subject;
  // Only the digest is stored and compared: how long it takes tells nothing of a token.
  subject.session = sha256_hex(token);
  const Rows rows =
      db_.query("SELECT person, acting_for, expires FROM kernel_session WHERE token_sha256 = ?",
                {subject.session});
  if (rows.rows.empty()) throw unauthenticated();
  const auto& row = rows.rows.front();
  if (row[2].integer() <= clocks_.real_ms()) throw unauthenticated();
  subject.person = row[0].text();
  subject.acting_for = acting_for.empty()                ? row[1].text()
                       : acting_for == kActingForOneself ? std::string()
                                                         : std::string(acting_for);
  if (!subject.acting_for.empty() && !is_member(subject.person, subject.acting_for))
    throw Error("auth.not_member", {{"enterprise", subject.acting_for}});
  subject.is_operator = contains(operators_, subject.person);
  return subject;
}

bool Access::is_member(const std::string& person, const std::string& enterprise) const {
  const Rows rows = db_.query("SELECT role FROM kernel_grant WHERE object = ? AND grantee = ?",
                              {enterprise, person});
  return std::any_of(rows.rows.begin(), rows.rows.end(),
                     [](const auto& row) { return is_membership(row[0].text()); });
}

ObjectInfo Access::authorise(const SubjectInfo& subject, const RouteInfo& route,
                             std::string_view object) const {
  if (route.operator_only && !subject.is_operator) throw Error("auth.operator_only");
  ObjectInfo info;
  if (route.object.empty()) return info;
  info.id = std::string(object);
  const Rows rows = db_.query(
      "SELECT grantee, role, owner FROM kernel_grant WHERE object = ? AND grantee IN (?, ?)",
      {info.id, subject.owner(), subject.person});
  for (const auto& row : rows.rows) {
    const std::string& role = row[1].text();
    if (row[0].text() != subject.owner() && !is_membership(role)) continue;
    if (!contains(info.roles, role)) info.roles.push_back(role);
    info.owner = row[2].text();
  }
  if (info.roles.empty()) throw Error("object.not_found", {{"object", info.id}});
  const bool may = route.roles.empty() ||
                   std::any_of(route.roles.begin(), route.roles.end(),
                               [&](const auto& role) { return contains(info.roles, role); });
  if (!may) {
    std::string wanted;
    for (const auto& role : route.roles) wanted += (wanted.empty() ? "" : ", ") + role;
    throw Error("auth.role_missing", {{"object", info.id}, {"roles", wanted}});
  }
  return info;
}

}  // namespace cinnabar::kernel
