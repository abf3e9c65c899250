// cinnabar.identity/1: whether people are who they say, for the other parts of the business: real
// names checked against a register, and faces checked for one purpose. Batch methods; people who
// were never checked are absent from the answer. Thread-safety: any thread.
#pragma once

#include <cinnabar/service.hpp>
#include <cinnabar/write_set.hpp>

namespace cinnabar {

struct VerifiedRequest {
  std::vector<std::string> people;
};
CINNABAR_DESCRIBE(VerifiedRequest, (people, items(0, 1000)))

// A real name as it was checked last.
struct VerifiedPerson {
  std::string person;
  std::string name;
  std::string document_type;  // resident_id, hk_macao_permit, ...
  std::string provider;
  std::string evidence;  // id with the provider
  Time at;
};
CINNABAR_DESCRIBE(VerifiedPerson, person, (name, personal), document_type, provider, evidence, at)

struct VerifiedPeople {
  std::vector<VerifiedPerson> people;
};
CINNABAR_DESCRIBE(VerifiedPeople, people)

// A face that the person showed for this purpose, and that nothing has used yet.
struct FaceCheckRequest {
  std::string person;
  std::string purpose;  // "enterprise.authorise", "person.change_mobile": who asks names it
  std::string subject;  // what it is for: an id; empty: nothing in particular
  std::int64_t age_max_s = 600;
};
CINNABAR_DESCRIBE(FaceCheckRequest, person, purpose, subject, (age_max_s, range(1, 86'400)))

// `writes` use it up and must be part of the caller's; without them it stays.
struct FaceCheck {
  bool passed = false;
  std::string id;
  std::string provider;
  std::string evidence;
  Time at;
  WriteSet writes;
};
CINNABAR_DESCRIBE(FaceCheck, passed, id, provider, evidence, at, writes)

class Identity {
 public:
  using Interface = Identity;
  virtual ~Identity() = default;
  virtual VerifiedPeople verified(const VerifiedRequest&, const Call&) = 0;
  virtual FaceCheck face_check(const FaceCheckRequest&, const Call&) = 0;
};
CINNABAR_SERVICE(Identity, "cinnabar.identity/1", verified, face_check)

}  // namespace cinnabar
