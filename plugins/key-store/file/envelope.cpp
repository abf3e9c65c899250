#include "envelope.hpp"

#include "aead.hpp"

namespace cinnabar::filekeys {
namespace {

std::string context_of(const Envelope& envelope) {
  return "cinnabar-key/1|" + envelope.id + "|" + envelope.algorithm + "|" +
         envelope.public_key.text();
}

Error damaged(std::string_view id, const char* part) {
  return Error("key.damaged", {{"key", std::string(id)}, {"part", part}}, {}, CINNABAR_FAILED);
}

Secret open_data_key(const MasterKeys& masters, const Envelope& envelope) {
  const MasterKey* master = masters.find(envelope.master);
  if (!master)
    throw Error("key.master_wrong",
                {{"key", envelope.id},
                 {"sealed_by", envelope.master},
                 {"have", masters.current().name()}},
                {}, CINNABAR_FAILED);
  auto data_key = aead_open(master->key(), envelope.data_key.view(), context_of(envelope));
  if (!data_key || data_key->size() != kAeadKeySize) throw damaged(envelope.id, "data key");
  return std::move(*data_key);
}

}  // namespace

Envelope seal(const MasterKey& master, std::string id, std::string algorithm,
              std::string public_key, const Secret& private_key) {
  Envelope envelope;
  envelope.id = std::move(id);
  envelope.algorithm = std::move(algorithm);
  envelope.master = master.name();
  envelope.public_key = Bytes(std::move(public_key));
  const std::string context = context_of(envelope);
  const Secret data_key = random_secret(kAeadKeySize);
  envelope.data_key = Bytes(aead_seal(master.key(), data_key.view(), context));
  envelope.private_key = Bytes(aead_seal(data_key, private_key.view(), context));
  return envelope;
}

Secret open(const MasterKeys& masters, const Envelope& envelope) {
  const Secret data_key = open_data_key(masters, envelope);
  auto private_key = aead_open(data_key, envelope.private_key.view(), context_of(envelope));
  if (!private_key) throw damaged(envelope.id, "private key");
  return std::move(*private_key);
}

void rewrap(const MasterKeys& masters, Envelope& envelope) {
  const Secret data_key = open_data_key(masters, envelope);
  const MasterKey& current = masters.current();
  envelope.data_key = Bytes(aead_seal(current.key(), data_key.view(), context_of(envelope)));
  envelope.master = current.name();
}

Envelope read_envelope(std::string_view text, std::string_view id) {
  Envelope envelope;
  try {
    envelope = from_json<Envelope>(text, Reading::strict);
  } catch (const Error&) {
    throw damaged(id, "file");
  }
  if (envelope.version != 1) throw damaged(id, "version");
  if (envelope.id != id) throw damaged(id, "id");
  // Base64 has bits that decode to nothing; a change of those is a change too.
  for (const Bytes* part : {&envelope.public_key, &envelope.data_key, &envelope.private_key})
    if (text.find(to_base64(part->view())) == std::string_view::npos) throw damaged(id, "file");
  return envelope;
}

}  // namespace cinnabar::filekeys
