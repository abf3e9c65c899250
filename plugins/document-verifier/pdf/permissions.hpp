// What the signatures before an update allow it to do.
//
// Uses the File's cache, so: one thread. Source: ISO 32000-2, 12.8.2.2 (DocMDP), 12.8.2.4
// (FieldMDP), 12.7.5.5 (/Lock).
#pragma once

#include <cinnabar/pdf/form.hpp>

namespace cinnabar::pdf {

// The fields that a signature closes.
struct FieldLock {
  enum class Action { all, include, exclude };
  Action action = Action::all;
  std::vector<std::string> fields;

  bool covers(const std::string& field) const;
};

struct Permissions {
  bool certified = false;
  std::int64_t level = 3;     // lowest P of the certifications and locks: 1 allows nothing
  bool may_fill = false;      // form fields, where no lock covers them
  bool may_annotate = false;
  std::vector<FieldLock> locks;

  bool locked(const std::string& field) const;
};

// P of a DocMDP transform, 0 when the signature does not certify.
std::int64_t certification_level(const File& file, const FoundSignature& signature);

// What the signatures so far leave open, signature by signature in the order of their revisions.
// Filling must have been allowed from the first signature on: nobody's later word changes what an
// earlier signer signed.
class PermissionHistory {
 public:
  void add(const File& file, const FoundSignature& signature);
  Permissions now() const;

 private:
  bool add_locks(const File& file, const FoundSignature& signature);

  Permissions out_;
  bool signed_ = false;           // by more than timestamps
  bool all_lock_fields_ = true;   // each of them said which fields it closes
  std::int64_t first_level_ = 0;  // of the first
};

}  // namespace cinnabar::pdf
