#include "kernel/tenancy/access.hpp"

#include "kernel/base/ids.hpp"

#include <algorithm>

namespace cinnabar::kernel {
namespace {

// Ours are 43 characters; anything much longer is not worth hashing.
constexpr std::size_t kTokenSizeMax = 256;

Error unauthenticated() { return Error("auth.session_invalid"); }

Error permission_missing(const RouteInfo& route, const std::string& enterprise) {
  return Error("auth.permission_missing",
               {{"permission", route.permission}, {"enterprise", enterprise}});
}

template <class List>
bool contains(const List& list, std::string_view text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

}  // namespace

Access::Access(const Db& db, const Clocks& clocks, std::vector<std::string> operators,
               StandingCache::Read standing)
    : db_(db),
      clocks_(clocks),
      operators_(std::move(operators)),
      standings_(std::move(standing)) {}

SubjectInfo Access::authenticate(std::string_view token, std::string_view acting_for,
                                 CallContext& context) const {
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
  if (!subject.acting_for.empty() && !seat(subject.person, subject.acting_for, context).member)
    throw Error("auth.not_member", {{"enterprise", subject.acting_for}});
  subject.is_operator = contains(operators_, subject.person);
  return subject;
}

Access::Seat Access::seat(const std::string& person, const std::string& enterprise,
                          CallContext& context) const {
  Seat seat{standings_.get(context, enterprise)};
  seat.member = seat.standing->member(person);
  return seat;
}

Authority Access::authorise(const SubjectInfo& subject, const RouteInfo& route,
                            const std::map<std::string, std::string>& params,
                            CallContext& context) const {
  if (route.operator_only && !subject.is_operator) throw Error("auth.operator_only");
  Authority out;
  out.reach.scope = name_of(Reach::enterprise);
  const bool named = !route.enterprise.empty();
  const std::string& enterprise = named ? params.at(route.enterprise) : subject.acting_for;
  Seat at;
  Reach scope = Reach::enterprise;
  if (!route.open && !enterprise.empty()) {
    at = seat(subject.person, enterprise, context);
    if (!at.member && named) throw Error("object.not_found", {{"object", enterprise}});
    if (!at.member) throw Error("auth.not_member", {{"enterprise", enterprise}});
    if (!route.permission.empty()) scope = at.standing->scope(*at.member, route.permission);
    if (scope == Reach::none && !route.handler) throw permission_missing(route, enterprise);
    out.reach.scope = name_of(std::max(scope, Reach::own));
    if (scope == Reach::department) out.reach.departments = at.standing->departments(*at.member);
  }
  if (named) out.object = {enterprise, enterprise, at.standing->roles(*at.member)};
  if (!route.object.empty())
    out.object = reached(subject, route, params.at(route.object), at, scope);
  return out;
}

ObjectInfo Access::reached(const SubjectInfo& subject, const RouteInfo& route,
                           const std::string& object, const Seat& seat, Reach scope) const {
  ObjectInfo info;
  info.id = object;
  const Rows rows = db_.query(
      "SELECT role, owner, handler, department FROM kernel_reach WHERE object = ? AND grantee = ?",
      {object, subject.owner()});
  for (const auto& row : rows.rows) {
    const bool reaches =
        !seat.member || scope == Reach::enterprise ||
        (!row[2].text().empty() && row[2].text() == subject.person) ||
        (scope == Reach::department && seat.standing->covers(*seat.member, row[3].text()));
    if (!reaches) continue;
    if (!contains(info.roles, row[0].text())) info.roles.push_back(row[0].text());
    info.owner = row[1].text();
  }
  if (info.roles.empty()) throw Error("object.not_found", {{"object", object}});
  const bool may = route.roles.empty() ||
                   std::any_of(route.roles.begin(), route.roles.end(),
                               [&](const auto& role) { return contains(info.roles, role); });
  if (!may) {
    std::string wanted;
    for (const auto& role : route.roles) wanted += (wanted.empty() ? "" : ", ") + role;
    throw Error("auth.role_missing", {{"object", object}, {"roles", wanted}});
  }
  return info;
}

}  // namespace cinnabar::kernel
