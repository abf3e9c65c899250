// Making a seal: draw it by its type, keep the drawing, give it a certificate. Values of one call;
// not shared between threads.
#pragma once

#include "credentials.hpp"
#include "seals_table.hpp"

#include <cinnabar/services/seal_type.hpp>

namespace cinnabar {

struct NewSeal {
  std::string type;
  std::string name;
  std::optional<std::string> title;
  std::string code;
  std::string color = "red";
  std::int64_t width_um = 0;
  std::int64_t height_um = 0;
};
CINNABAR_DESCRIBE(NewSeal,
                  (type, length(0, 64), format("id"), example("round"),
                   doc("A seal type that is enabled; empty: round for an enterprise, name for a "
                       "person.")),
                  (name, length(0, 20), format("line"), example("合同专用章"),
                   doc("What it is called; one enabled seal a name.")),
                  (title, length(0, 20), format("line"),
                   doc("Text across; absent: the name, but none on a 公章.")),
                  (code, length(0, 20), format("line"), doc("Along the lower arc.")),
                  (color, doc("red, blue or black")),
                  (width_um, range(0, 100'000), doc("Micrometres; 0: the type's own size.")),
                  (height_um, range(0, 100'000)))

// On whom the seal is made.
struct SealSubject {
  SealKind kind = SealKind::enterprise;
  std::string owner;  // enterprise or person
  std::string text;   // its verified name
  std::string maker;  // person
};

// The design that a request asks for, of an owner's name.
SealDesign design_of(const NewSeal& in, const SealSubject& subject);
// The request with what it leaves open filled in.
NewSeal completed(NewSeal in, SealKind kind);

// Draws through the owner's binding of the type. Throws "seal.type_disabled" and what the type
// refuses with.
SealImage draw_seal(const Host& host, const Call& owner_call, const NewSeal& in,
                    const SealSubject& subject);
// Throws "seal.type_disabled" unless the owner has the type bound now.
void require_type(const Host& host, const Call& owner_call, const std::string& type);

// A seal with its drawing stored and its write-set; the credential is obtained with it.
struct MadeSeal {
  SealRow row;
  Drawing drawing;
  Credential credential;
};
MadeSeal make_seal(const Host& host, const Call& owner_call, const NewSeal& in,
                   const SealSubject& subject, const std::string& key_store, WriteSet& writes);

}  // namespace cinnabar
