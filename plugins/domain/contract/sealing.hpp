// Sealing: the seals and dates of one act, gathered by whose certificate vouches for them, and
// signed into one document after the other. Made and used within one request.
#pragma once

#include "freeze.hpp"
#include "signing.hpp"

#include <cinnabar/services/seal.hpp>

namespace cinnabar::contract {

class Sealing {
 public:
  // `owner_call` is that of the contract's owner, `date` the text of signing dates.
  Sealing(const Host& host, const Call& owner_call, const Config& config, const Contract& contract,
          const PartyRow& party)
      : host_(host), call_(owner_call), config_(config), contract_(contract), party_(party) {}

  // Takes each area's seal from its keeper. Throws contract.control_not_yours, seal.*, and
  // contract.seal_too_large.
  void take_seals(const std::vector<MarkChoice>& choices, WriteSet& writes);

  // The ids of the seals that take_seals would take, before anything happens: those chosen, and
  // where none is, the keeper's usual one. Throws seal.* as that would.
  std::vector<std::string> intended_seals(const std::vector<MarkChoice>& choices) const;

  // Signs the document, once for each certificate in use: its row grows, the segments are put, and
  // the signatures' rows come back.
  std::vector<SignatureRow> sign(DocumentRow& document, const FrozenRow& frozen,
                                 const ChallengeRow& challenge, const Json& evidence,
                                 WriteSet& writes);

  std::vector<std::string> seal_ids() const;
  // The newest document timestamps, by document; without a token below B-LTA.
  const std::map<int, ArchiveStamp>& archives() const { return archives_; }

 private:
  struct Group {  // what one certificate signs
    const SealUse* seal;
    std::vector<Mark> marks;
    std::vector<Drawing> drawings;
  };

  // By control. Throws contract.control_not_yours.
  std::map<std::string, std::string> checked(const std::vector<MarkChoice>& choices) const;
  SealUseRequest request_for(bool enterprise, const std::string& choice) const;
  const SealUse& seal_for(const Control& control, const std::string& choice, WriteSet& writes);
  std::vector<Group> groups_of(const FrozenRow& frozen) const;
  void place(Group& group, const PlannedField& field, const PreparedField& prepared) const;
  Drawing drawing_for(const PlannedField& field, const PreparedField& prepared) const;
  std::string date_text() const;

  const Host& host_;
  const Call& call_;
  const Config& config_;
  const Contract& contract_;
  const PartyRow& party_;
  std::map<std::string, SealUse> seals_;                // by id
  std::map<std::string, const SealUse*> by_control_;    // control id: its seal
  std::map<std::string, const SealUse*> by_request_;    // kind and choice: the seal it led to
  std::map<std::string, std::string> vouchers_;         // seal id: the tenant that keeps it
  std::map<std::string, TextDrawing> dates_;            // by control id
  std::map<int, ArchiveStamp> archives_;
  const SealUse* primary_ = nullptr;                    // vouches for dates and invisible areas
};

}  // namespace cinnabar::contract
