// The rows of this plugin's tables. People, enterprises and memberships belong to the installation,
// not to a tenant: why, says the first migration. Values.
#pragma once

#include <cinnabar/services/standing.hpp>
#include <cinnabar/store.hpp>

namespace cinnabar {

// As it lies in the table: see the migrations.
struct StoredPerson {
  std::string id;
  std::string name;    // empty: sealed
  std::string mobile;  // or its blind index
  bool registered = false;
  std::string password;
  Time created;
  std::int64_t version = 1;
  std::string sealed;
};
CINNABAR_DESCRIBE(StoredPerson, id, name, mobile, registered, password, created, version, sealed)
inline constexpr Table<StoredPerson> kPeople{"organisation_person", false};

struct EnterpriseRow {
  std::string id;
  std::string name;
  std::string credit_code;
  std::string created_by;
  Time created;
  std::int64_t version = 1;
};
CINNABAR_DESCRIBE(EnterpriseRow, id, name, credit_code, created_by, created, version)
inline constexpr Table<EnterpriseRow> kEnterprises{"organisation_enterprise", false};

struct MemberRow {
  std::string enterprise;
  std::string person;
  Time since;
  std::string department;  // the enterprise's own id: the root
  std::int64_t version = 1;
};
CINNABAR_DESCRIBE(MemberRow, enterprise, person, since, department, version)
inline constexpr Table<MemberRow> kMembers{"organisation_employee", false};

struct DepartmentRow {
  std::string id;
  std::string owner;
  std::string parent;
  std::string name;
  std::string heir;  // empty: it is there
  Time created;
};
CINNABAR_DESCRIBE(DepartmentRow, id, owner, parent, name, heir, created)
inline constexpr Table<DepartmentRow> kDepartments{"organisation_department"};

struct RoleRow {
  std::string id;
  std::string owner;
  std::string name;
  std::string description;
  bool enabled = true;
  std::vector<StandingRight> rights;
  Time created;
  std::int64_t version = 1;
};
CINNABAR_DESCRIBE(RoleRow, id, owner, name, description, enabled, (rights, items(0, 1000)), created,
                  version)
inline constexpr Table<RoleRow> kRoles{"organisation_role"};

struct HoldingRow {
  std::string owner;
  std::string role;
  std::string person;
  Time since;
};
CINNABAR_DESCRIBE(HoldingRow, owner, role, person, since)
inline constexpr Table<HoldingRow> kHoldings{"organisation_holding"};

struct CredentialRow {
  std::string person;
  std::string method;
  Json credentials;
  Time at;
  bool several = false;
};
CINNABAR_DESCRIBE(CredentialRow, person, method, credentials, at, several)
inline constexpr Table<CredentialRow> kCredentials{"organisation_credential", false};

struct EnrolmentRow {
  std::string id;
  std::string person;
  std::string method;
  Json state;
  Time expires;  // real clock
};
CINNABAR_DESCRIBE(EnrolmentRow, id, person, method, (state, secret), expires)
inline constexpr Table<EnrolmentRow> kEnrolments{"organisation_enrolment", false};

struct SessionRow {
  std::string id;
  std::string token_sha256;
  std::string person;
  std::string acting_for;
  std::string method;
  std::string address;
  std::string user_agent;
  Time created;
  Time expires;
};
CINNABAR_DESCRIBE(SessionRow, id, token_sha256, person, acting_for, method, address, user_agent,
                  created, expires)
inline constexpr Table<SessionRow> kSessions{"organisation_session", false};

struct SignInRow {
  std::string id;
  std::string who;  // blind index of the number
  int ordinal = 1;
  std::string day;
  std::string address;
  std::string person;  // empty: nobody has the number
  std::string method;
  std::string acting_for;
  Json state;
  int tries_left = 0;
  Time created;
  Time expires;
};
CINNABAR_DESCRIBE(SignInRow, id, who, ordinal, day, address, person, method, acting_for,
                  (state, secret), tries_left, created, expires)
inline constexpr Table<SignInRow> kSignIns{"organisation_sign_in", false};

struct AttemptRow {
  std::string id;
  int failures = 0;
  Time last_at;  // real clock
};
CINNABAR_DESCRIBE(AttemptRow, id, failures, last_at)
inline constexpr Table<AttemptRow> kAttempts{"organisation_attempt", false};

}  // namespace cinnabar
