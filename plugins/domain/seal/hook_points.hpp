// Where scripts decide about seals, and what they see there. The enterprise's script is asked that
// the seal belongs to; a person's own signature asks nobody. Any thread.
#pragma once

#include "making.hpp"

#include <cinnabar/hook_calls.hpp>
#include <cinnabar/services/domain.hpp>

namespace cinnabar {

struct SealHookInput {
  std::string id;
  std::string name;
  std::string type;
  std::string title;
  std::string code;
  std::string color;
  std::string state;
  std::string person;
  std::string contract;
};
CINNABAR_DESCRIBE(SealHookInput, (id, doc("Absent before it is made.")), name, type, title, code,
                  color, state, (person, doc("Id of who acts.")),
                  (contract, doc("Id of what it is put on; when it is used.")))

inline constexpr const char* kBeforeMakeSeal = "seal.before_make";
inline constexpr const char* kBeforeUseSeal = "seal.before_use";
inline constexpr const char* kBeforeDisableSeal = "seal.before_disable";
inline constexpr const char* kBeforeEnableSeal = "seal.before_enable";

inline std::vector<HookPointInfo> seal_hook_points() {
  return {{kBeforeMakeSeal, "Before a seal of the enterprise is made.", true, "", {}},
          {kBeforeUseSeal, "Before a seal is put on a contract.", true, "", {}},
          {kBeforeDisableSeal, "Before a seal is disabled.", true, "", {}},
          {kBeforeEnableSeal, "Before a seal is enabled again.", true, "", {}},
          {"seal.after_make", "After a seal was made.", false, "", {}},
          {"seal.after_disable", "After a seal was disabled.", false, "", {}},
          {"seal.after_enable", "After a seal was enabled again.", false, "", {}}};
}

// The notice that follows an event of this type.
inline const char* seal_notice_after(std::string_view event_type) {
  if (event_type == "seal.made") return "seal.after_make";
  return event_type == "seal.disabled" ? "seal.after_disable" : "seal.after_enable";
}

inline SealHookInput hook_input(const SealRow& row, std::string person, std::string contract = {}) {
  return {row.id,    row.name,  row.type, row.title, row.code,
          row.color, std::string(name_of(row.state)), std::move(person), std::move(contract)};
}

}  // namespace cinnabar
