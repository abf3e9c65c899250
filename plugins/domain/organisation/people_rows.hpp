// PeopleRows: the rows of people, with name and number opened. They lie sealed under each person's
// own key; a number is found by its blind index. Values of one call; not shared between threads.
#pragma once

#include "rows.hpp"

#include <cinnabar/services/personal.hpp>

namespace cinnabar {

struct PersonRow {
  std::string id;
  std::string name;    // empty: erased
  std::string mobile;  // in its one spelling; empty: erased
  bool registered = false;
  std::string password;  // Argon2id
  Time created;
  std::int64_t version = 1;
};

class PeopleRows {
 public:
  PeopleRows(const Host& host, const Call& call)
      : host_(host), call_(call), store_(host, call, {}) {}

  std::vector<PersonRow> by_ids(const std::vector<std::string>& ids) const;
  std::vector<PersonRow> by_mobiles(const std::vector<std::string>& mobiles) const;

  // All sealed in one call. Throws a conflict at the commit when a number is taken meanwhile.
  void insert(const std::vector<PersonRow>& people, WriteSet& writes) const;
  // `row.version` is the new one; another version than the one before is a conflict.
  void update(const PersonRow& row, WriteSet& writes) const;
  // Takes name, number and password away, and makes the number free.
  void blank(const std::string& person, WriteSet& writes) const;
  // Seals some that are not; false: there were none.
  bool seal_some(WriteSet& writes) const;

 private:
  std::vector<PersonRow> open(std::vector<StoredPerson> rows) const;
  std::vector<StoredPerson> sealed(const std::vector<PersonRow>& people, WriteSet& writes) const;
  std::vector<std::string> indexes(const std::vector<std::string>& mobiles) const;

  const Host& host_;
  const Call& call_;
  Store store_;
};

// The marks of an SQL list of so many parameters: "?, ?, ?".
std::string marks(std::size_t count);

}  // namespace cinnabar
