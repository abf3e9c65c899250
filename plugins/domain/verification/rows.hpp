// The rows of this plugin's tables. Values.
#pragma once

#include "machine.hpp"

#include <cinnabar/store.hpp>

namespace cinnabar {

struct ApplicationRow {
  std::string owner;  // the enterprise
  std::string applicant;
  EntityKind kind = EntityKind::enterprise;
  std::string way;
  Stage stage = Stage::filling;
  std::string name;
  std::string credit_code;
  std::string legal_representative;
  std::string address;
  std::string licence;  // id of a file
  std::string evidence;
  std::string reason;  // why it was refused or rejected last
  int payments = 0;
  Time created;
  std::optional<Time> verified;
  std::int64_t version = 1;
};
CINNABAR_DESCRIBE(ApplicationRow, owner, applicant, kind, way, stage, name, credit_code,
                  (legal_representative, personal), address, licence, evidence, reason, payments,
                  created, verified, version)
inline constexpr Table<ApplicationRow> kApplications{"verification_application"};

struct FileRow {
  std::string id;
  std::string owner;
  std::string blob_id;
  std::string type;
  Time created;
};
CINNABAR_DESCRIBE(FileRow, id, owner, blob_id, type, created)
inline constexpr Table<FileRow> kFiles{"verification_file"};

enum class ReviewState { waiting, approved, rejected };
CINNABAR_ENUM(ReviewState, waiting, approved, rejected)

struct ReviewRow {
  std::string id;
  std::string owner;
  std::string what;  // inclusion, letter
  std::vector<std::string> files;
  ReviewState state = ReviewState::waiting;
  std::string reason;
  std::string decided_by;
  Time created;
  std::optional<Time> decided;
};
CINNABAR_DESCRIBE(ReviewRow, id, owner, what, files, state, reason, decided_by, created, decided)
inline constexpr Table<ReviewRow> kReviews{"verification_review"};
// Of all enterprises, for operators.
inline constexpr Table<ReviewRow> kAllReviews{"verification_review", false};

struct InvitationRow {
  std::string token_sha256;
  std::string owner;
  std::string person;
  Time expires;  // business clock
  bool used = false;
};
CINNABAR_DESCRIBE(InvitationRow, token_sha256, owner, person, expires, used)
inline constexpr Table<InvitationRow> kInvitations{"verification_invitation", false};

struct PaymentRow {
  std::string id;
  std::string owner;
  Json state;  // the verifier's; never shown
  int tries = 0;
  bool open = true;
  Time created;
};
CINNABAR_DESCRIBE(PaymentRow, id, owner, (state, secret), tries, open, created)
inline constexpr Table<PaymentRow> kPayments{"verification_payment"};

struct CancellationRow {
  std::string owner;
  std::string person;
  Time due;  // business clock
  bool done = false;
  std::int64_t version = 1;
};
CINNABAR_DESCRIBE(CancellationRow, owner, person, due, done, version)
inline constexpr Table<CancellationRow> kCancellations{"verification_cancellation"};

}  // namespace cinnabar
