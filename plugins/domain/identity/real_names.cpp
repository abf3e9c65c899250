#include "real_names.hpp"

#include <cinnabar/services/kernel.hpp>
#include <cinnabar/services/organisation.hpp>
#include <cinnabar/services/personal.hpp>

#include <algorithm>

namespace cinnabar {
namespace {

constexpr const char* kPlace = "identity_person/sealed";
constexpr const char* kNumberPlace = "identity_person/number";

std::string marks(std::size_t count) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out += i ? ", ?" : "?";
  return out;
}

bool is_permit(DocumentType type) {
  return type == DocumentType::hk_macao_permit || type == DocumentType::taiwan_permit ||
         type == DocumentType::residence_permit;
}

std::string day_name(const Day& day) {
  return std::to_string(day.year * 10'000 + day.month * 100 + day.day);
}

}  // namespace

std::string RealNames::provider(const Call& call) const {
  const auto names = host_.service<Bindings>(call)
                         .names({std::string(interface_id<IdentityProvider>())}).names;
  if (config_.provider.empty() && !names.empty()) return names.front();
  if (std::find(names.begin(), names.end(), config_.provider) != names.end())
    return config_.provider;
  throw Error("identity.no_provider", {}, {}, CINNABAR_UNAVAILABLE);
}

std::vector<RealName> RealNames::opened(const std::vector<IdentityRow>& rows,
                                        const Call& call) const {
  PersonalCells cells;
  for (const IdentityRow& row : rows) cells.cells.push_back({row.person, kPlace, row.sealed});
  std::vector<RealName> out;
  if (rows.empty()) return out;
  for (const std::string& text : host_.service<Personal>(call).open(cells).texts)
    out.push_back(text.empty() ? RealName() : from_json<RealName>(text));
  return out;
}

VerifiedPeople RealNames::verified(const std::vector<std::string>& people,
                                   const Call& call) const {
  VerifiedPeople out;
  if (people.empty()) return out;
  const auto rows = Store(host_, call, {}).list(
      kIdentities, "person IN (" + marks(people.size()) + ")", {people.begin(), people.end()});
  const auto names = opened(rows, call);
  for (std::size_t i = 0; i < rows.size(); ++i)
    out.people.push_back({rows[i].person, names[i].name, rows[i].document, rows[i].provider,
                          rows[i].evidence, rows[i].at});
  return out;
}

std::optional<IdentityElements> RealNames::elements(const std::string& person,
                                                    const Call& call) const {
  const auto rows = Store(host_, call, {}).list(kIdentities, "person = ?", {person});
  if (rows.empty()) return std::nullopt;
  const RealName real = opened(rows, call).front();
  const auto people = host_.service<Organisation>(call).people({{person}}).people;
  return IdentityElements{real.name, rows[0].document, real.number,
                          people.empty() ? std::string() : people[0].mobile};
}

Answer<IdentityView> RealNames::view(const Request& request) {
  const std::string& person = request.subject().person;
  const auto rows = Store(host_, request.call, {}).list(kIdentities, "person = ?", {person});
  if (rows.empty()) return {};
  const RealName real = opened(rows, request.call).front();
  return {{true, real.name, rows[0].document, masked_number(real.number), rows[0].provider,
           rows[0].at}};
}

void RealNames::check_document(const NewIdentity& in, const std::string& number) const {
  if (is_permit(in.document) && !config_.permits)
    throw Error("identity.document_not_taken", {}, "/document");
  if (!is_document_number(in.document, number))
    throw Error("identity.document_invalid", {}, "/number");
  const auto birth = birth_of(in.document, number);
  if (!birth) return;
  const int age = age_on(*birth, day_of(host_.now_ms(Clock::business)));
  if (age < config_.age_min || age > config_.age_max)
    throw Error("identity.age_unfit", {{"age", std::to_string(age)},
                                       {"min", std::to_string(config_.age_min)},
                                       {"max", std::to_string(config_.age_max)}},
                "/number");
}

CheckRow RealNames::next_check(const std::string& person, const Call& call) const {
  CheckRow row;
  row.id = host_.new_id("idc");
  row.person = person;
  row.day = day_name(day_of(host_.now_ms(Clock::business)));
  row.at = host_.now();
  const Rows count = host_.query(
      call, "SELECT COUNT(*) FROM identity_check WHERE person = ? AND day = ?", {person, row.day});
  row.ordinal = static_cast<int>(count.rows[0][0].integer()) + 1;
  if (row.ordinal > kChecksPerDayMax) throw Error("identity.tries_used");
  return row;
}

Answer<IdentityView> RealNames::verify(const NewIdentity& in, const Request& request) {
  const Call& call = request.call;
  const std::string& person = request.subject().person;
  const std::string number = normal_number(in.number);
  check_document(in, number);
  const auto people = host_.service<Organisation>(call).people({{person}}).people;
  if (people.empty() || people[0].name != in.name)
    throw Error("identity.name_differs", {}, "/name");
  const std::string index =
      host_.service<Personal>(call).index({kNumberPlace, {number}}).indexes.at(0);
  const Store store(host_, call, {});
  const auto taken = store.find(kIdentities, "number_index = ?", {index});
  if (taken && taken->person != person) throw Error("identity.number_taken", {}, "/number");
  CheckRow check = next_check(person, call);
  check.provider = provider(call);
  const IdentityAnswer told =
      host_.service<IdentityProvider>(call, check.provider)
          .check({{in.name, std::string(name_of(in.document)), number,
                   in.mobile.empty() ? people[0].mobile : in.mobile},
                  check.id});
  check.outcome = name_of(told.outcome);
  check.reason = told.reason;
  check.evidence = told.evidence;
  Answer<IdentityView> answer;
  store.insert(answer.writes, kChecks, check);
  if (told.outcome == IdentityOutcome::accepted) {
    keep(person, {in.name, number}, in, check, index, call, answer.writes);
    answer.body = {true, in.name, std::string(name_of(in.document)), masked_number(number),
                   check.provider, check.at};
  } else if (told.outcome == IdentityOutcome::refused) {
    answer.problem =
        Error("identity.refused", {{"reason", told.reason},
                                   {"left", std::to_string(kChecksPerDayMax - check.ordinal)}});
  } else {
    answer.problem = Error("identity.unknown", {}, {}, CINNABAR_UNAVAILABLE);
  }
  return answer;
}

void RealNames::keep(const std::string& person, const RealName& real, const NewIdentity& in,
                     const CheckRow& check, const std::string& index, const Call& call,
                     WriteSet& writes) const {
  SealedCells sealed =
      host_.service<Personal>(call).seal({{{person, kPlace, to_json(real)}}});
  const Store store(host_, call, {});
  const auto before = store.find(kIdentities, "person = ?", {person});
  const IdentityRow row{person, sealed.texts.at(0), std::string(name_of(in.document)), index,
                        check.provider, check.evidence, check.at,
                        before ? before->version + 1 : 1};
  if (before)
    store.update(writes, kIdentities, row, "person = ? AND version = ?",
                 {person, before->version});
  else
    store.insert(writes, kIdentities, row);
  writes.merge(std::move(sealed.writes));
  writes.events.push_back({"person.verified", person, person, person,
                           Json::object()
                               .set("document", row.document)
                               .set("provider", row.provider)
                               .set("evidence", row.evidence)
                               .set("check", check.id)});
}

Erasure RealNames::erase(const std::string& person) const {
  Erasure out;
  out.writes.run("DELETE FROM identity_person WHERE person = ?", {person});
  out.writes.run("DELETE FROM identity_face WHERE person = ?", {person});
  return out;
}

}  // namespace cinnabar
