#include "verified.hpp"

#include <cinnabar/services/enterprise_status.hpp>
#include <cinnabar/services/identity.hpp>

#include <set>

namespace cinnabar {
namespace {

// What is not there, or switched off, verifies nobody.
template <class Work>
void if_there(Work work) {
  try {
    work();
  } catch (const Error& error) {
    if (error.code() != "plugin.not_bound") throw;
  }
}

}  // namespace

void mark_verified(const Host& host, const Call& call, People& people) {
  VerifiedRequest request;
  for (const Person& one : people.people) request.people.push_back(one.id);
  if (request.people.empty()) return;
  if_there([&] {
    std::set<std::string> verified;
    for (const VerifiedPerson& one : host.service<Identity>(call).verified(request).people)
      verified.insert(one.person);
    for (Person& one : people.people) one.verified = verified.count(one.id) > 0;
  });
}

void mark_verified(const Host& host, const Call& call, Enterprises& enterprises) {
  EnterpriseStatusRequest request;
  for (const Enterprise& one : enterprises.enterprises) request.enterprises.push_back(one.id);
  if (request.enterprises.empty()) return;
  if_there([&] {
    std::set<std::string> verified;
    for (const EnterpriseStatus& one :
         host.service<EnterpriseStatusService>(call).status(request).statuses)
      if (one.verified) verified.insert(one.enterprise);
    for (Enterprise& one : enterprises.enterprises) one.verified = verified.count(one.id) > 0;
  });
}

}  // namespace cinnabar
