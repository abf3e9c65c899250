#include "making.hpp"

#include <cinnabar/services/kernel.hpp>

#include <algorithm>

namespace cinnabar {
namespace {

// More than any enterprise has; a bound for what is listed at once.
constexpr std::size_t kSealsMax = 200;

Error type_disabled(const std::string& type, const Call& owner_call) {
  return Error("seal.type_disabled", {{"type", type}, {"owner", std::string(owner_call.owner())}},
               "/type");
}

SealRow row_of(const NewSeal& in, const SealSubject& subject, const SealDesign& design) {
  SealRow row;
  row.owner = subject.owner;
  row.kind = subject.kind;
  row.type = in.type;
  row.name = in.name;
  row.title = design.title;
  row.code = design.code;
  row.color = design.color;
  row.text = design.text;
  row.created_by = subject.maker;
  return row;
}

}  // namespace

NewSeal completed(NewSeal in, SealKind kind) {
  const bool enterprise = kind == SealKind::enterprise;
  if (in.type.empty()) in.type = enterprise ? "round" : "name";
  if (in.name.empty()) in.name = enterprise ? "公章" : "签名";
  // The official seal bears the name alone; a personal one too.
  if (!in.title) in.title = enterprise && in.name != "公章" ? in.name : "";
  return in;
}

SealDesign design_of(const NewSeal& in, const SealSubject& subject) {
  SealDesign design;
  design.text = subject.text;
  design.title = in.title.value_or("");
  design.code = in.code;
  design.color = in.color;
  design.width_um = in.width_um;
  design.height_um = in.height_um;
  return design;
}

void require_type(const Host& host, const Call& owner_call, const std::string& type) {
  const auto bound = host.service<Bindings>(owner_call)
                         .names({std::string(interface_id<SealType>())}).names;
  if (std::find(bound.begin(), bound.end(), type) == bound.end())
    throw type_disabled(type, owner_call);
}

SealImage draw_seal(const Host& host, const Call& owner_call, const NewSeal& in,
                    const SealSubject& subject) {
  try {
    return host.service<SealType>(owner_call, in.type).draw(design_of(in, subject));
  } catch (const Error& error) {
    if (error.code() != "plugin.not_bound") throw;
    throw type_disabled(in.type, owner_call);
  }
}

MadeSeal make_seal(const Host& host, const Call& owner_call, const NewSeal& in,
                   const SealSubject& subject, const std::string& key_store, WriteSet& writes) {
  const SealsTable seals(host, owner_call, subject.owner);
  MadeSeal made;
  made.row = row_of(in, subject, design_of(in, subject));
  made.row.id = host.new_id("sel");
  made.row.slot = slot_of(made.row);
  made.row.created = host.now();
  seals.require_free(made.row);
  if (seals.all().size() >= kSealsMax)
    throw Error("seal.too_many", {{"most", std::to_string(kSealsMax)}});

  const SealImage image = draw_seal(host, owner_call, in, subject);
  made.drawing = image.drawing;
  made.row.drawing = host.blob_put(image.drawing.content.view());
  made.row.preview = host.blob_put(image.png.view());
  made.row.width = image.drawing.width;
  made.row.height = image.drawing.height;
  made.row.width_um = image.width_um;
  made.row.height_um = image.height_um;

  // An enterprise's seals have a certificate each; a person has one, whatever the signature looks
  // like.
  const bool enterprise = subject.kind == SealKind::enterprise;
  made.row.credential = enterprise ? made.row.id : subject.owner;
  const CredentialsTable credentials(host, owner_call, subject.owner, key_store);
  made.credential = credentials.obtain(made.row.credential, enterprise ? "enterprise" : "person",
                                       subject.text, made.row.credential, writes);
  seals.insert(made.row, writes);
  writes.grants.push_back({made.row.id, subject.owner, "owner", subject.owner});
  writes.events.push_back({"seal.made", made.row.id, subject.owner, subject.maker,
                           Json::object()
                               .set("type", made.row.type)
                               .set("name", made.row.name)
                               .set("drawing", made.row.drawing)
                               .set("certificate_sha256", made.credential.sha256)});
  return made;
}

}  // namespace cinnabar
