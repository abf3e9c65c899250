// cinnabar.personal/1: personal data at rest. Each person has a key of their own, under which
// plugins seal what they keep of them; destroying the key erases all of it, wherever it was copied
// to. A blind index lets equal texts be found without being read. Batch methods. Thread-safety: any
// thread.
#pragma once

#include <cinnabar/service.hpp>
#include <cinnabar/write_set.hpp>

namespace cinnabar {

struct PersonalCell {
  std::string person;
  std::string place;  // table and column: a cell cannot be moved to another place
  std::string text;   // in clear, or as it was sealed
};
CINNABAR_DESCRIBE(PersonalCell, person, (place, length(1, 100)),
                  (text, personal, length(0, 1'000'000)))

struct PersonalCells {
  std::vector<PersonalCell> cells;
};
CINNABAR_DESCRIBE(PersonalCells, (cells, items(0, 20'000)))

// In the order of the cells. `writes` make the keys of people who had none, and must be part of the
// caller's command: so the cells of somebody new are sealed in one call.
struct SealedCells {
  std::vector<std::string> texts;
  WriteSet writes;
};
CINNABAR_DESCRIBE(SealedCells, (texts, items(0, 20'000)), writes)

// In the order of the cells; of somebody who was erased: empty.
struct OpenedCells {
  std::vector<std::string> texts;
};
CINNABAR_DESCRIBE(OpenedCells, (texts, personal, items(0, 20'000)))

struct BlindIndexRequest {
  std::string place;
  std::vector<std::string> texts;
};
CINNABAR_DESCRIBE(BlindIndexRequest, (place, length(1, 100)), (texts, personal, items(0, 20'000)))
// 32 hexadecimal digits each: half of an HMAC-SHA-256, the same for the same text and place.
struct BlindIndexes {
  std::vector<std::string> indexes;
};
CINNABAR_DESCRIBE(BlindIndexes, (indexes, items(0, 20'000)))

struct ForgetRequest {
  std::string person;
};
CINNABAR_DESCRIBE(ForgetRequest, person)
struct Forgotten {
  WriteSet writes;
};
CINNABAR_DESCRIBE(Forgotten, writes)

class Personal {
 public:
  using Interface = Personal;
  virtual ~Personal() = default;
  // Errors: personal.erased, when nothing may be kept of the person any more.
  virtual SealedCells seal(const PersonalCells&, const Call&) = 0;
  // Errors: personal.damaged, when a cell is not what was sealed there.
  virtual OpenedCells open(const PersonalCells&, const Call&) = 0;
  virtual BlindIndexes index(const BlindIndexRequest&, const Call&) = 0;
  // Destroys the person's key, for ever.
  virtual Forgotten forget(const ForgetRequest&, const Call&) = 0;
};
CINNABAR_SERVICE(Personal, "cinnabar.personal/1", seal, open, index, forget)

}  // namespace cinnabar
