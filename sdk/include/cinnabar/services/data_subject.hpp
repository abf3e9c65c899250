// cinnabar.data-subject/1: what a plugin keeps of a person, for those who ask for it and for those
// who want it gone. Every plugin with personal data provides it, under a name of its own; the
// plugin of personal data asks all of them. Thread-safety: any thread.
#pragma once

#include <cinnabar/service.hpp>
#include <cinnabar/write_set.hpp>

namespace cinnabar {

struct DataSubjectRequest {
  std::string person;
};
CINNABAR_DESCRIBE(DataSubjectRequest, person)

struct KeptData {
  Json data;  // an object, for the person to read; null: nothing is kept
};
CINNABAR_DESCRIBE(KeptData, (data, personal))

// `because`: why it cannot be yet, as codes of errors with their parameters; then nothing is
// written. `writes` take away what the destroyed key alone does not.
struct ErasureReason {
  std::string code;
  std::map<std::string, std::string> params;
};
CINNABAR_DESCRIBE(ErasureReason, code, params)
struct Erasure {
  std::vector<ErasureReason> because;
  WriteSet writes;
};
CINNABAR_DESCRIBE(Erasure, because, writes)

class DataSubject {
 public:
  using Interface = DataSubject;
  virtual ~DataSubject() = default;
  virtual KeptData kept(const DataSubjectRequest&, const Call&) = 0;
  virtual Erasure erase(const DataSubjectRequest&, const Call&) = 0;
};
CINNABAR_SERVICE(DataSubject, "cinnabar.data-subject/1", kept, erase)

}  // namespace cinnabar
