// Drafts: drawing a contract up, replacing it, throwing it away. A draft is checked whole each
// time, so that what is kept can be sent. Any thread.
#pragma once

#include "view.hpp"

namespace cinnabar::contract {

struct PartyDraft {
  std::string id;
  PartyKind kind = PartyKind::person;
  std::string name;
  std::string mobile;
  std::string enterprise_name;
  std::optional<int> position;
  std::vector<std::string> auth_methods;
};
CINNABAR_DESCRIBE(
    PartyDraft, (id, length(0, 64), format("id"), doc("Empty: p1, p2, ...")), (kind, required),
    (name, required, personal, length(1, 100), format("line"),
     doc("The person's, or of the enterprise's handler.")),
    (mobile, required, personal, length(5, 21), format("mobile")),
    (enterprise_name, length(0, 100), format("line"), doc("As registered; of an enterprise.")),
    (position, range(1, 1'000),
     doc("In a sequential contract; equal positions sign in parallel. Absent: as listed.")),
    (auth_methods, items(0, 20),
     doc("Signing authentication the party may choose from; empty: the platform's default.")))

struct ContractDraft {
  std::string name;
  std::optional<Time> deadline;
  Ordering order = Ordering::unordered;
  std::vector<std::string> files;
  std::vector<PartyDraft> parties;
  std::vector<Control> controls;
  std::string watermark;
  Json data;
};
CINNABAR_DESCRIBE(
    ContractDraft, (name, required, length(1, 200), format("line")),
    (deadline, doc("Absent: thirty days from now.")), order,
    (files, required, items(1, kFilesMax), doc("Ids of uploaded files; each is signed.")),
    (parties, required, items(1, 50)), (controls, required, items(1, kControlsMax)),
    (watermark, length(0, 50), format("line")), (data, doc("Custom data, seen by scripts.")))

struct PreflightFault {
  std::string code;
  std::string pointer;
  std::map<std::string, std::string> params;
};
CINNABAR_DESCRIBE(PreflightFault, code, pointer, params)
struct PreflightView {
  bool ready = false;
  std::vector<PreflightFault> faults;
};
CINNABAR_DESCRIBE(PreflightView, (ready, doc("The contract can be sent as it is.")), faults)

// Throws "contract.deadline_passed", "contract.deadline_too_far".
void require_deadline(Time deadline, const Config& config, Time now);

// The contract that a draft describes, checked whole against its files (in the draft's order).
// Ids, times and the salt of `row` are the caller's. Throws with the pointer of the fault.
Contract compose(const ContractDraft& draft, ContractRow row, const std::vector<FileRow>& files,
                 const Config& config, Time now);

class Drafts {
 public:
  explicit Drafts(Office& office) : office_(office) {}

  Answer<ContractView> create(const ContractDraft& draft, const Request& request);
  Answer<ContractView> replace(const ContractDraft& draft, const Request& request);
  Answer<Nothing> discard(const Request& request);
  Answer<PreflightView> preflight(const Request& request);

 private:
  Office& office_;
};

}  // namespace cinnabar::contract
