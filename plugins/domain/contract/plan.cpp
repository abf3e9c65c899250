#include "plan.hpp"

#include "controls.hpp"

namespace cinnabar::contract {
namespace {

Fill fill_of(const Control& control, const Json& value) {
  Fill fill;
  fill.control_id = control.id;
  fill.kind = control.kind == ControlKind::checkbox ? "checkbox" : "text";
  fill.page = control.page;
  fill.rect = *control.rect;
  fill.text = value.text();
  fill.checked = value.boolean();
  fill.font_size = control.font_size;
  fill.multi_line = control.multi_line;
  return fill;
}

void plan_page_seal(const Control& control, const std::string& name, const FileRow& file,
                    const SealSizes& sizes, std::vector<PlannedField>& fields) {
  const auto known = sizes.find(control.party);
  const SealSize size = known == sizes.end() ? SealSize{} : known->second;
  const std::int64_t middle = control.rect ? control.rect->y + control.rect->height / 2 : -1;
  for (const Slice& slice : page_seal_slices(file.pages, size, middle))
    fields.push_back({name + "_page" + std::to_string(slice.page), control.id, control.party,
                      slice.page, slice.rect, true, slice.index, slice.count, slice.group});
}

}  // namespace

std::vector<FieldPlan> DocumentPlan::field_plans() const {
  std::vector<FieldPlan> out;
  for (const PlannedField& field : fields)
    out.push_back({field.name, field.page, field.rect, field.visible});
  return out;
}

DocumentPlan plan_document(const Contract& contract, const FileRow& file, const SealSizes& sizes) {
  DocumentPlan plan;
  plan.fields.push_back({std::string(kPlatformField), "", "", 1, kInvisibleRect, false});
  for (const PartyRow& party : contract.parties) {
    const std::string prefix = "party" + std::to_string(party.seat + 1);
    bool marked = false;
    for (std::size_t i = 0; i < contract.content.controls.size(); ++i) {
      const Control& control = contract.content.controls[i];
      if (control.party != party.id || control.file != file.id || is_fill(control.kind)) continue;
      marked = marked || is_mark(control.kind);
      // Ids of controls are the drafter's; names of fields are ours, for every reader to take.
      const std::string name = prefix + "_control" + std::to_string(i + 1);
      if (control.kind == ControlKind::page_seal)
        plan_page_seal(control, name, file, sizes, plan.fields);
      else
        plan.fields.push_back({name, control.id, party.id, control.page, *control.rect});
    }
    if (!marked)
      plan.fields.push_back({prefix + "_consent", "", party.id, 1, kInvisibleRect, false});
  }
  for (const Control& control : contract.content.controls) {
    const Json& value = value_of(contract, control);
    if (is_fill(control.kind) && control.file == file.id && !value.is_null())
      plan.fills.push_back(fill_of(control, value));
  }
  return plan;
}

}  // namespace cinnabar::contract
