// cinnabar.organisation/1: who people and enterprises are, for the other parts of the business.
// Batch methods; unknown ids are absent from the answer. Thread-safety: any thread.
#pragma once

#include <cinnabar/service.hpp>
#include <cinnabar/write_set.hpp>

namespace cinnabar {

struct Person {
  std::string id;
  std::string name;
  std::string mobile;
  bool verified = false;  // real-name authenticated
};
CINNABAR_DESCRIBE(Person, id, (name, personal), (mobile, personal), verified)

struct Enterprise {
  std::string id;
  std::string name;
  std::string credit_code;
  bool verified = false;
};
CINNABAR_DESCRIBE(Enterprise, id, name, credit_code, verified)

struct PeopleRequest {
  std::vector<std::string> ids;
};
CINNABAR_DESCRIBE(PeopleRequest, (ids, items(0, 1000)))
struct People {
  std::vector<Person> people;
};
CINNABAR_DESCRIBE(People, people)
struct Enterprises {
  std::vector<Enterprise> enterprises;
};
CINNABAR_DESCRIBE(Enterprises, enterprises)

// Who a name and a mobile number stand for, made if there is nobody yet: the write-set then makes
// the person, and must be part of the caller's.
struct ResolvePersonRequest {
  std::string name;
  std::string mobile;
};
CINNABAR_DESCRIBE(ResolvePersonRequest, (name, personal), (mobile, personal))
struct ResolvedPerson {
  Person person;
  bool made = false;
  WriteSet writes;
};
CINNABAR_DESCRIBE(ResolvedPerson, person, made, writes)

struct FindEnterpriseRequest {
  std::string name;
};
CINNABAR_DESCRIBE(FindEnterpriseRequest, name)

struct MembershipRequest {
  std::string enterprise;
  std::string person;
};
CINNABAR_DESCRIBE(MembershipRequest, enterprise, person)
struct Membership {
  bool member = false;
  std::string department;  // of a member; the enterprise's own id: directly below it
};
CINNABAR_DESCRIBE(Membership, member, department)

// A person's credentials with one authentication method; null when never enrolled.
struct CredentialsRequest {
  std::string person;
  std::string method;
};
CINNABAR_DESCRIBE(CredentialsRequest, person, method)
struct Credentials {
  Json credentials;
};
CINNABAR_DESCRIBE(Credentials, (credentials, secret))

// Makes an employee the super administrator or the legal representative of an enterprise, in the
// place of whoever was: for what verifies enterprises. The write-set must be part of the caller's.
struct AppointRequest {
  std::string enterprise;
  std::string role;  // super_administrator, legal_representative
  std::string person;
};
CINNABAR_DESCRIBE(AppointRequest, enterprise, role, person)
struct Appointment {
  WriteSet writes;
};
CINNABAR_DESCRIBE(Appointment, writes)

class Organisation {
 public:
  using Interface = Organisation;
  virtual ~Organisation() = default;
  virtual People people(const PeopleRequest&, const Call&) = 0;
  virtual Enterprises enterprises(const PeopleRequest&, const Call&) = 0;
  virtual Enterprises find_enterprise(const FindEnterpriseRequest&, const Call&) = 0;
  virtual ResolvedPerson resolve_person(const ResolvePersonRequest&, const Call&) = 0;
  virtual Membership membership(const MembershipRequest&, const Call&) = 0;
  virtual Credentials credentials(const CredentialsRequest&, const Call&) = 0;
  // Makes the person an employee, too, who is none yet. Errors: organisation.role_not_found.
  virtual Appointment appoint(const AppointRequest&, const Call&) {
    throw failure("appoints nobody");
  }
};
CINNABAR_SERVICE(Organisation, "cinnabar.organisation/1", people, enterprises, find_enterprise,
                 resolve_person, membership, credentials, appoint)

}  // namespace cinnabar
