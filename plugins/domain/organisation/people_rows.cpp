#include "people_rows.hpp"

namespace cinnabar {
namespace {

constexpr const char* kPlace = "organisation_person/sealed";
constexpr const char* kMobilePlace = "organisation_person/mobile";
constexpr int kSealedAtOnce = 500;

// What is sealed of a person.
struct PersonCell {
  std::string name;
  std::string mobile;
};
CINNABAR_DESCRIBE(PersonCell, (name, personal), (mobile, personal))

}  // namespace

std::string marks(std::size_t count) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out += i ? ", ?" : "?";
  return out;
}

std::vector<std::string> PeopleRows::indexes(const std::vector<std::string>& mobiles) const {
  return host_.service<Personal>(call_).index({kMobilePlace, mobiles}).indexes;
}

std::vector<PersonRow> PeopleRows::open(std::vector<StoredPerson> rows) const {
  PersonalCells cells;
  for (StoredPerson& row : rows)
    if (!row.sealed.empty()) cells.cells.push_back({row.id, kPlace, std::move(row.sealed)});
  const auto texts = cells.cells.empty() ? std::vector<std::string>()
                                         : host_.service<Personal>(call_).open(cells).texts;
  std::vector<PersonRow> people;
  std::size_t next = 0;
  for (StoredPerson& row : rows) {
    PersonRow person{row.id, std::move(row.name), std::move(row.mobile), row.registered,
                     std::move(row.password), row.created, row.version};
    if (next < cells.cells.size() && cells.cells[next].person == row.id) {
      const std::string& text = texts[next++];
      PersonCell cell;
      if (!text.empty()) cell = from_json<PersonCell>(text);
      person.name = std::move(cell.name);
      person.mobile = std::move(cell.mobile);
    } else if (person.mobile == person.id) {
      person.mobile.clear();  // blanked: the column is unique
    }
    people.push_back(std::move(person));
  }
  return people;
}

std::vector<PersonRow> PeopleRows::by_ids(const std::vector<std::string>& ids) const {
  if (ids.empty()) return {};
  return open(store_.list(kPeople, "id IN (" + marks(ids.size()) + ")", {ids.begin(), ids.end()}));
}

std::vector<PersonRow> PeopleRows::by_mobiles(const std::vector<std::string>& mobiles) const {
  if (mobiles.empty()) return {};
  std::vector<Json> wanted(mobiles.begin(), mobiles.end());  // rows of before
  for (std::string& index : indexes(mobiles)) wanted.emplace_back(std::move(index));
  return open(store_.list(kPeople, "mobile IN (" + marks(wanted.size()) + ")", wanted));
}

std::vector<StoredPerson> PeopleRows::sealed(const std::vector<PersonRow>& people,
                                             WriteSet& writes) const {
  PersonalCells cells;
  std::vector<std::string> mobiles;
  for (const PersonRow& one : people) {
    cells.cells.push_back({one.id, kPlace, to_json(PersonCell{one.name, one.mobile})});
    mobiles.push_back(one.mobile);
  }
  SealedCells sealed = host_.service<Personal>(call_).seal(cells);
  std::vector<std::string> found = indexes(mobiles);
  writes.merge(std::move(sealed.writes));
  std::vector<StoredPerson> rows;
  for (std::size_t i = 0; i < people.size(); ++i)
    rows.push_back({people[i].id, {}, std::move(found[i]), people[i].registered,
                    people[i].password, people[i].created, people[i].version,
                    std::move(sealed.texts[i])});
  return rows;
}

void PeopleRows::insert(const std::vector<PersonRow>& people, WriteSet& writes) const {
  if (people.empty()) return;
  for (const StoredPerson& row : sealed(people, writes)) store_.insert(writes, kPeople, row);
}

void PeopleRows::update(const PersonRow& row, WriteSet& writes) const {
  store_.update(writes, kPeople, sealed({row}, writes).front(), "id = ? AND version = ?",
                {row.id, row.version - 1});
}

void PeopleRows::blank(const std::string& person, WriteSet& writes) const {
  writes.run("UPDATE organisation_person SET name = ?, mobile = id, sealed = ?, password = ?, "
             "registered = ?, version = version + 1 WHERE id = ?",
             {"", "", "", false, person}, 1);
}

bool PeopleRows::seal_some(WriteSet& writes) const {
  std::vector<PersonRow> people = open(store_.list(
      kPeople, "sealed = ? AND mobile <> id ORDER BY id LIMIT " + std::to_string(kSealedAtOnce),
      {""}));
  if (people.empty()) return false;
  for (PersonRow& one : people) ++one.version;
  for (const StoredPerson& row : sealed(people, writes))
    store_.update(writes, kPeople, row, "id = ? AND version = ?", {row.id, row.version - 1});
  return true;
}

}  // namespace cinnabar
