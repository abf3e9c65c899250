#include "sealing.hpp"

#include "controls.hpp"
#include "drawing.hpp"
#include "levels.hpp"

#include <algorithm>

namespace cinnabar::contract {
namespace {

bool of_enterprise(ControlKind kind) {
  return kind == ControlKind::enterprise_seal || kind == ControlKind::page_seal;
}

const PreparedField& prepared_field(const FieldMap& map, const std::string& name) {
  for (const PreparedField& field : map.fields)
    if (field.name == name) return field;
  throw failure("the field map has no field " + name);
}

}  // namespace

std::map<std::string, std::string> Sealing::checked(
    const std::vector<MarkChoice>& choices) const {
  std::map<std::string, std::string> chosen;
  for (std::size_t i = 0; i < choices.size(); ++i) {
    const Control* control = contract_.control(choices[i].control);
    const bool mine = control && control->party == party_.id && is_mark(control->kind);
    if (!mine || !chosen.emplace(choices[i].control, choices[i].seal).second)
      throw Error("contract.control_not_yours", {{"control", choices[i].control}},
                  "/marks/" + std::to_string(i) + "/control");
  }
  return chosen;
}

SealUseRequest Sealing::request_for(bool enterprise, const std::string& choice) const {
  return {choice, enterprise ? "enterprise" : "personal", party_.person,
          enterprise ? party_.enterprise : std::string(), contract_.row.id};
}

std::vector<std::string> Sealing::intended_seals(const std::vector<MarkChoice>& choices) const {
  const std::map<std::string, std::string> chosen = checked(choices);
  std::map<std::pair<bool, std::string>, std::string> found;  // seal by kind and choice
  std::vector<std::string> ids;
  for (const Control& control : contract_.content.controls) {
    if (control.party != party_.id || !is_mark(control.kind)) continue;
    const auto choice = chosen.find(control.id);
    const std::string named = choice == chosen.end() ? std::string() : choice->second;
    const bool enterprise = of_enterprise(control.kind);
    const auto [at, fresh] = found.try_emplace({enterprise, named}, named);
    if (fresh && named.empty()) {
      const CallAs as(call_, enterprise ? party_.enterprise : party_.person);
      const Call keeper = as.call();
      at->second = host_.service<Seals>(keeper).preview(request_for(enterprise, {})).seal;
    }
    // A person's first signature is made by the act, and has no id before.
    if (!at->second.empty() && std::count(ids.begin(), ids.end(), at->second) == 0)
      ids.push_back(at->second);
  }
  return ids;
}

void Sealing::take_seals(const std::vector<MarkChoice>& choices, WriteSet& writes) {
  const std::map<std::string, std::string> chosen = checked(choices);
  bool enterprise_vouches = false;
  for (const Control& control : contract_.content.controls) {
    if (control.party != party_.id || is_fill(control.kind)) continue;
    if (control.kind == ControlKind::sign_date) {
      TextDrawingRequest text{date_text()};
      if (control.font_size > 0) text.font_size = control.font_size;
      dates_[control.id] = host_.service<Seals>(call_).draw_text(text);
      continue;
    }
    const auto choice = chosen.find(control.id);
    const SealUse& seal =
        seal_for(control, choice == chosen.end() ? std::string() : choice->second, writes);
    by_control_[control.id] = &seal;
    // The enterprise vouches where it seals at all, else the person.
    if (!primary_ || (of_enterprise(control.kind) && !enterprise_vouches)) primary_ = &seal;
    enterprise_vouches = enterprise_vouches || of_enterprise(control.kind);
  }
  if (!primary_) throw failure("party " + party_.id + " has nothing to sign");
}

const SealUse& Sealing::seal_for(const Control& control, const std::string& choice,
                                 WriteSet& writes) {
  const bool enterprise = of_enterprise(control.kind);
  const std::string request = (enterprise ? "enterprise/" : "personal/") + choice;
  if (const auto known = by_request_.find(request); known != by_request_.end())
    return *known->second;
  const CallAs as(call_, enterprise ? party_.enterprise : party_.person);
  const Call keeper = as.call();
  SealUse use = host_.service<Seals>(keeper).use(request_for(enterprise, choice));
  auto [at, fresh] = seals_.try_emplace(use.seal, use);
  if (fresh) writes.merge(std::move(use.writes));
  vouchers_[use.seal] = enterprise ? party_.enterprise : party_.person;
  by_request_[request] = &at->second;
  return at->second;
}

std::vector<SignatureRow> Sealing::sign(DocumentRow& document, const FrozenRow& frozen,
                                        const ChallengeRow& challenge, const Json& evidence,
                                        WriteSet& writes) {
  std::vector<SignatureRow> rows;
  for (Group& group : groups_of(frozen)) {
    SignatureRow row;
    for (const Mark& mark : group.marks) row.fields.push_back(mark.field);
    SignRequest request;
    request.marks = std::move(group.marks);
    request.drawings = std::move(group.drawings);
    request.signer_name = group.seal->signer_name;
    request.reason = contract_.row.name;
    request.time_ms = host_.now_ms(Clock::real);
    request.key = group.seal->credential.key;
    request.chain = group.seal->credential.chain;
    request.vouched_for = vouchers_.at(group.seal->seal);
    place_request(request, host_, document, frozen.map, frozen.level);
    const Signed result = host_.service<SignatureEngine>(call_).sign(request);
    row.segment = static_cast<int>(document.segments.size());
    append_segment(document, result.state, result.segment,
                   host_.blob_put(result.segment.view()));
    archives_[document.number] = {Bytes(result.archive.token.text()), result.archive.time,
                                  result.archive.ends_ms};
    writes.blobs.push_back(document.segments.back().blob);

    row.contract = document.contract;
    row.number = document.number;
    row.owner = document.owner;
    row.party = party_.id;
    row.person = party_.person;
    row.enterprise = party_.enterprise;
    row.signer_name = group.seal->signer_name;
    for (const auto& [id, seal] : seals_)
      if (seal.credential.sha256 == group.seal->credential.sha256) row.seals.push_back(id);
    row.method = challenge.method;
    row.evidence = evidence;
    row.digest = result.digest;
    row.stamped = result.timestamp;
    row.level = frozen.level;
    row.archived = result.archive.time;
    row.serial = group.seal->credential.serial;
    row.certificate_sha256 = group.seal->credential.sha256;
    row.chain = group.seal->credential.chain;
    row.signed_at = Time{request.time_ms};
    rows.push_back(std::move(row));
  }
  return rows;
}

// One group a certificate, the primary one first.
std::vector<Sealing::Group> Sealing::groups_of(const FrozenRow& frozen) const {
  std::vector<Group> groups{{primary_, {}, {}}};
  for (const PlannedField& field : frozen.fields) {
    if (field.party != party_.id) continue;
    const auto sealed = by_control_.find(field.control);
    const SealUse* seal = sealed == by_control_.end() ? primary_ : sealed->second;
    auto group = std::find_if(groups.begin(), groups.end(), [&](const Group& g) {
      return g.seal->credential.sha256 == seal->credential.sha256;
    });
    if (group == groups.end()) group = groups.insert(groups.end(), {seal, {}, {}});
    place(*group, field, prepared_field(frozen.map, field.name));
  }
  std::erase_if(groups, [](const Group& group) { return group.marks.empty(); });
  return groups;
}

void Sealing::place(Group& group, const PlannedField& field, const PreparedField& prepared) const {
  Mark mark{field.name, -1, field.slice_index, field.slice_count};
  if (field.visible) {
    Drawing drawing = drawing_for(field, prepared);
    // The slices of one seal, and areas of one size, share their drawing.
    const auto same = std::find_if(
        group.drawings.begin(), group.drawings.end(), [&](const Drawing& d) {
          return d.width == drawing.width && d.height == drawing.height &&
                 d.content.view() == drawing.content.view();
        });
    mark.drawing = static_cast<int>(same - group.drawings.begin());
    if (same == group.drawings.end()) group.drawings.push_back(std::move(drawing));
  }
  group.marks.push_back(std::move(mark));
}

Drawing Sealing::drawing_for(const PlannedField& field, const PreparedField& prepared) const {
  if (const auto date = dates_.find(field.control); date != dates_.end())
    return fitted(date->second.drawing, prepared.width, prepared.height);
  const SealUse& seal = *by_control_.at(field.control);
  const Control& control = *contract_.control(field.control);
  if (control.kind == ControlKind::personal_signature)
    return fitted(seal.drawing, prepared.width, prepared.height);
  // An enterprise's seal stands at its true size or not at all.
  const double width = prepared.width * field.slice_count;
  if (!fits(seal.drawing, width, prepared.height))
    throw Error("contract.seal_too_large",
                {{"control", control.id},
                 {"seal", seal.name},
                 {"width", std::to_string(milli_points(seal.drawing.width))},
                 {"height", std::to_string(milli_points(seal.drawing.height))}});
  if (field.slice_count == 1) return fitted(seal.drawing, prepared.width, prepared.height);
  return padded(seal.drawing, width, prepared.height);
}

// The date beside a signature is that of its timestamp: the real clock, in the configured zone.
std::string Sealing::date_text() const {
  constexpr std::int64_t kMinuteMs = 60'000, kDayMs = 86'400'000;
  const std::int64_t local = host_.now_ms(Clock::real) + config_.time_zone_minutes * kMinuteMs;
  const auto date = detail::date_from_days(local / kDayMs);
  return std::to_string(date.year) + "年" + std::to_string(date.month) + "月" +
         std::to_string(date.day) + "日";
}

std::vector<std::string> Sealing::seal_ids() const {
  std::vector<std::string> out;
  for (const auto& [id, seal] : seals_) out.push_back(id);
  return out;
}

}  // namespace cinnabar::contract
