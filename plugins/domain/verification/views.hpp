// What goes over HTTP about verifications. Values.
#pragma once

#include "application.hpp"

namespace cinnabar {

struct ApplicationFields {
  EntityKind kind = EntityKind::enterprise;
  std::string way = "licence";
  std::string name;
  std::string credit_code;
  std::string legal_representative;
  std::string address;
  std::string licence;
  std::string account;
};
CINNABAR_DESCRIBE(ApplicationFields, (kind, required),
                  (way, length(1, 16), doc("licence, merchant or cloud.")),
                  (name, required, length(2, 100), format("line")),
                  (credit_code, required, length(18, 18)),
                  (legal_representative, required, personal, length(1, 100), format("line"),
                   doc("Or the operator in charge, of other organisations.")),
                  (address, required, length(1, 400), format("line")),
                  (licence, length(0, 80), doc("Of way `licence`: id from POST .../proofs.")),
                  (account, length(0, 100), doc("Of the other ways.")))

struct ApplicationView {
  Stage stage = Stage::filling;
  EntityKind kind = EntityKind::enterprise;
  std::string way;
  std::string name;
  std::string credit_code;
  std::string legal_representative;
  std::string address;
  std::string reason;
  int payments_left = kPaymentsMax;
  std::optional<Time> verified;
};
CINNABAR_DESCRIBE(ApplicationView, stage, kind, way, name, credit_code,
                  (legal_representative, personal), address,
                  (reason, doc("Why it was refused or rejected last.")), payments_left, verified)

inline ApplicationView view_of(const ApplicationRow& row) {
  return {row.stage, row.kind, row.way, row.name, row.credit_code, row.legal_representative,
          row.address, row.reason, kPaymentsMax - row.payments, row.verified};
}

struct Proofs {
  std::vector<std::string> files;
};
CINNABAR_DESCRIBE(Proofs, (files, required, items(1, kFilesMax),
                           doc("Ids from POST .../proofs.")))

struct ProofView {
  std::string file;
};
CINNABAR_DESCRIBE(ProofView, file)

struct LegalRepresentative {
  std::string name;
  std::string mobile;
};
CINNABAR_DESCRIBE(LegalRepresentative, (name, required, personal, length(1, 100), format("line")),
                  (mobile, required, personal, format("mobile")))

struct InvitationAnswer {
  std::string token;
};
CINNABAR_DESCRIBE(InvitationAnswer, (token, required, secret, length(20, 100)))

struct PaymentAccount {
  std::string account;
  std::string bank;
};
CINNABAR_DESCRIBE(PaymentAccount, (account, required, personal, length(6, 40)),
                  (bank, required, length(2, 100), format("line")))

struct PaidAmount {
  std::int64_t amount_fen = 0;
};
CINNABAR_DESCRIBE(PaidAmount, (amount_fen, required, range(1, 30),
                               doc("Hundredths of a yuan, as they came into the account.")))

struct ReviewView {
  std::string id;
  std::string enterprise;
  std::string what;
  std::vector<std::string> files;
  ReviewState state = ReviewState::waiting;
  std::string reason;
  Time created;
};
CINNABAR_DESCRIBE(ReviewView, id, enterprise, what, files, state, reason, created)

struct ReviewList {
  std::vector<ReviewView> reviews;
  std::string next;
};
CINNABAR_DESCRIBE(ReviewList, reviews, next)

struct Rejection {
  std::string reason;
};
CINNABAR_DESCRIBE(Rejection, (reason, required, length(4, 400)))

struct CancellationView {
  Time due;
};
CINNABAR_DESCRIBE(CancellationView, (due, doc("Until then it can be revoked.")))

struct NewAdministrator {
  std::string person;
};
CINNABAR_DESCRIBE(NewAdministrator, (person, required, length(1, 64),
                                     doc("An employee whose real name was checked.")))

}  // namespace cinnabar
