// Plan: what freezing draws on a document and which signature fields it makes. Pure; any thread.
#pragma once

#include "page_seal.hpp"
#include "model.hpp"

namespace cinnabar::contract {

// The platform's certification, invisible, first of all signatures.
inline constexpr std::string_view kPlatformField = "cinnabar_platform";

// What the engine makes of an invisible field has no size; the description wants one.
inline constexpr PageRect kInvisibleRect{0, 0, 1, 1};

struct DocumentPlan {
  std::vector<Fill> fills;
  std::vector<PlannedField> fields;

  std::vector<FieldPlan> field_plans() const;
};

// The seal sizes that page seals are cut for, by party; the standard size for those not named.
using SealSizes = std::map<std::string, SealSize>;

// Every party gets at least one field in every document, an invisible one where it has no signing
// area, so that one act signs all documents.
DocumentPlan plan_document(const Contract& contract, const FileRow& file, const SealSizes& sizes);

}  // namespace cinnabar::contract
