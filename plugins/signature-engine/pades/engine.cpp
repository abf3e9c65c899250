#include "engine.hpp"

#include "archive.hpp"
#include "security_store.hpp"
#include "token.hpp"
#include "update.hpp"

#include <algorithm>

namespace cinnabar::pades {
namespace {

// Signers kept ready, each some 5 KB.
constexpr std::size_t kSignersMax = 4'096;
// Before the first token is seen: a token with a chain of three EC certificates is half of it.
constexpr std::size_t kTokenSizeFirst = 4'096;
// Tokens of one authority differ by the lengths of serial, fraction and signature.
constexpr std::size_t kTokenSlack = 64;
constexpr std::size_t kTokenSizeMax = 65'536;
constexpr std::size_t kChainSizeMax = 65'536;
// Each act adds what it was given: a CRL of hundreds of thousands of entries fits, and a document
// of a dozen acts can still be sent by mail.
constexpr std::size_t kProofSizeMax = 8 * 1'048'576;

bool stamped(const SignRequest& request) { return request.level != "B-B"; }
bool archived(const SignRequest& request) { return request.level == "B-LTA"; }
bool long_term(const SignRequest& request) { return request.level == "B-LT" || archived(request); }

Error unreachable(const std::string& level, const std::string& reason) {
  return Error("signature.level_unreachable", {{"level", level}, {"reason", reason}}, {},
               CINNABAR_UNAVAILABLE);
}

const PreparedField& empty_field(const FieldMap& map, const std::string& name) {
  const PreparedField& field = field_named(map, name);
  check_field(field, map);
  if (!invisible(field))
    throw Error("signature.map_invalid", {{"reason", name + " is not an archive field"}});
  return field;
}

// What the level asks for is looked at before the key is used.
void check_level(const SignRequest& request) {
  if (request.level != "B-B" && request.level != "B-T" && !long_term(request))
    throw unreachable(request.level, "this engine makes B-B, B-T, B-LT and B-LTA");
  if (long_term(request) && request.map.security_store <= 0)
    throw unreachable(request.level, "the document was frozen for a lower level");
  if (!archived(request)) return;
  const PreparedField& field = empty_field(request.map, request.archive_field);
  for (const Mark& mark : request.marks)
    if (mark.field == field.name)
      throw Error("signature.marks_invalid", {{"reason", "the archive field is signed"}});
}

// The digest of the document with the revision, but for its gap; and with all up to the gap.
template <class State>
struct Digests {
  Digests(State before, const Revision& revision) : upto_gap(std::move(before)) {
    const std::string_view bytes = revision.bytes;
    upto_gap.update(bytes.substr(0, revision.gap_begin));
    State all = upto_gap;
    all.update(bytes.substr(revision.gap_end));
    ranges = all.digest();
  }
  // Of the document with the revision, which has been filled.
  State after(const Revision& revision) && {
    upto_gap.update(std::string_view(revision.bytes).substr(revision.gap_begin));
    return std::move(upto_gap);
  }
  State upto_gap;
  std::string ranges;
};

// SHA-384 of the document as it stands, from where it was left and what came since.
DigestState384 strong_digest(const Growth& growth, const Bytes& tail) {
  DigestState384 digest;
  if (!growth.digest_384.empty()) digest = DigestState384::decode(growth.digest_384);
  digest.update(tail.view());
  if (digest.size() != growth.place.length)
    throw Error("signature.state_mismatch", {{"reason", "the tail is not what SHA-384 lacks"}});
  return digest;
}

std::string key_signature(const CmsSigner& signer, std::string_view attributes,
                          const Signing& signing) {
  try {
    return signing.sign(signer.digest_name(), signer.attributes_digest(attributes));
  } catch (const Error& error) {
    throw Error("signature.key_unavailable", {{"reason", error.code()}}, {}, CINNABAR_UNAVAILABLE);
  }
}

// Validation data, which must say something.
template <class Prove>
ValidationData proved(const std::string& level, const char* whose, const Prove& prove) {
  ValidationData data;
  try {
    data = prove();
  } catch (const Error& error) {
    if (error.code().ends_with(".revoked"))
      throw Error("signature.certificate_revoked", {{"whose", whose}, {"reason", error.what()}});
    throw unreachable(level, error.code());
  }
  if (data.crls.empty() && data.ocsps.empty())
    throw unreachable(level, std::string("nothing proves that the certificate of ") + whose +
                                 " has not been revoked");
  return data;
}

void append_proof(Growth& growth, const FieldMap& map, const std::string& level,
                  const ValidationData& data) {
  std::size_t size = 0;
  for (const auto* items : {&data.certificates, &data.crls, &data.ocsps})
    for (const Bytes& item : *items) {
      if (item.empty()) throw unreachable(level, "validation data are empty");
      size += item.size();
    }
  if (size > kProofSizeMax) throw unreachable(level, "the validation data are too large");
  if (auto update = build_store(growth.place, map, growth.proofs, data))
    growth.append(std::move(update->bytes), update->end);
}

void add(ValidationData& to, const ValidationData& from) {
  const auto append = [](std::vector<Bytes>& out, const std::vector<Bytes>& in) {
    out.insert(out.end(), in.begin(), in.end());
  };
  append(to.certificates, from.certificates);
  append(to.crls, from.crls);
  append(to.ocsps, from.ocsps);
}

}  // namespace

PadesEngine::PadesEngine() : signers_(kSignersMax) {}

DocumentState PadesEngine::base_state(const BaseRequest& request) {
  DigestState digest;
  digest.update(request.document.view());
  DigestState384 digest_384;
  digest_384.update(request.document.view());
  DocumentState state;
  state.length = digest.size();
  state.start_xref = request.map.start_xref;
  state.next_object = request.map.next_object;
  state.digest_state = digest.encode();
  state.digest_state_384 = digest_384.encode();
  if (state.length == 0 || state.start_xref <= 0 || state.start_xref >= state.length ||
      state.next_object <= 0)
    throw Error("signature.map_invalid", {{"reason", "the map is not of this document"}});
  return state;
}

// Comparing the key with the certificate costs more than signing, so it is done once for both.
std::shared_ptr<const CmsSigner> PadesEngine::signer_of(const SignRequest& request,
                                                        const Signing& signing) {
  std::string key = request.key.store + '\n' + request.key.id + '\n';
  std::vector<std::string_view> chain;
  for (const Bytes& certificate : request.chain) {
    chain.push_back(certificate.view());
    key += certificate.view();
  }
  if (chain.empty() || key.size() > kChainSizeMax) throw Error("signature.chain_missing");
  if (auto known = signers_.find(key)) return known;
  auto signer = std::make_shared<const CmsSigner>(chain, digest_for(chain.front()));
  std::string public_key;
  try {
    public_key = signing.public_key();
  } catch (const Error& error) {
    throw Error("signature.key_unavailable", {{"reason", error.code()}}, {}, CINNABAR_UNAVAILABLE);
  }
  if (der::parse_certificate(chain.front()).public_key != public_key)
    throw Error("signature.key_mismatch", {{"key", request.key.id}});
  return signers_.insert(key, std::move(signer));
}

std::size_t PadesEngine::token_room() const {
  const std::size_t seen = token_size_seen_.load(std::memory_order_relaxed);
  return (seen == 0 ? kTokenSizeFirst : seen) + kTokenSlack;
}

Stamp PadesEngine::token_for(const std::string& digest, const std::string& level,
                             const Stamping& stamping) {
  Stamp stamp;
  try {
    stamp = stamping.stamp(digest);
    if (stamp.token.empty() || stamp.token.size() > kTokenSizeMax)
      throw unreachable(level, "the timestamp authority's token is empty or too large");
    if (read_token(stamp.token.view()).imprint != digest)
      throw unreachable(level, "the timestamp authority's token is over something else");
  } catch (const Error& error) {
    if (error.code() == "signature.level_unreachable") throw;
    throw unreachable(level, error.code());
  }
  std::size_t seen = token_size_seen_.load(std::memory_order_relaxed);
  while (seen < stamp.token.size() &&
         !token_size_seen_.compare_exchange_weak(seen, stamp.token.size())) {
  }
  return stamp;
}

// The revision with the signature itself. Its stamp has no token at B-B.
Stamp PadesEngine::append_signature(Growth& growth, const SignRequest& request,
                                    const Signing& signing, Signed& result) {
  const auto signer = signer_of(request, signing);
  const bool strong = signer->digest() == CmsDigest::sha384;
  DigestState384 before_384;
  if (strong) before_384 = strong_digest(growth, request.tail);
  // Twice at most: the second time there is room for a token of the size that came.
  for (int attempt = 0; attempt < 2; ++attempt) {
    Revision revision =
        build_update(request, growth.place, signer->size_max(stamped(request) ? token_room() : 0),
                     drawings_);
    Digests<DigestState> digests(growth.digest, revision);
    std::optional<Digests<DigestState384>> digests_384;
    if (strong) digests_384.emplace(before_384, revision);
    const std::string& digest = strong ? digests_384->ranges : digests.ranges;

    const std::string attributes = signer->attributes(cms::kData, digest);
    const std::string signature = key_signature(*signer, attributes, signing);
    Stamp stamp;
    if (stamped(request)) stamp = token_for(sha256(signature), request.level, signing.stamping);
    const std::string cms =
        signer->assemble(cms::kData, {}, attributes, signature, stamp.token.view());
    if (cms.size() > revision.room()) continue;
    revision.fill(cms);
    if (strong) growth.digest_384 = std::move(*digests_384).after(revision).encode();
    const DigestState after = std::move(digests).after(revision);
    result.digest = to_hex(digest);
    if (stamped(request)) result.timestamp = to_rfc3339(Time{stamp.time_ms});
    growth.append(std::move(revision.bytes), revision.end, after);
    return stamp;
  }
  throw unreachable(request.level, "the timestamp does not fit");
}

ArchiveStamp PadesEngine::append_archive(Growth& growth, const FieldMap& map,
                                         const std::string& field, const Stamping& stamping) {
  const std::string level = "B-LTA";
  for (int attempt = 0; attempt < 2; ++attempt) {
    Revision revision = build_archive(growth.place, map, empty_field(map, field), token_room());
    Digests<DigestState> digests(growth.digest, revision);
    const Stamp stamp = token_for(digests.ranges, level, stamping);
    const std::int64_t ends_ms = read_token(stamp.token.view()).ends_ms;
    if (ends_ms == 0)
      throw unreachable(level, "the timestamp authority's token lacks its certificate");
    if (stamp.token.size() > revision.room()) continue;
    revision.fill(stamp.token.view());
    const DigestState after = std::move(digests).after(revision);
    growth.append(std::move(revision.bytes), revision.end, after);
    ++growth.archives;
    return {stamp.token, to_rfc3339(Time{stamp.time_ms}), ends_ms};
  }
  throw unreachable(level, "the timestamp does not fit");
}

Signed PadesEngine::sign(const SignRequest& request, const Signing& signing) {
  check_request(request);
  check_level(request);
  Growth growth(request.state);
  Signed result;
  const Stamp stamp = append_signature(growth, request, signing, result);
  if (long_term(request)) {
    // Asked for after the timestamp: what then proves the certificates good, proves that they were
    // when it was made.
    ValidationData data = proved(request.level, "the signer", signing.prove);
    add(data, proved(request.level, "the timestamp authority",
                     [&] { return signing.stamping.prove(stamp.token); }));
    data.certificates.insert(data.certificates.end(), request.chain.begin(), request.chain.end());
    append_proof(growth, request.map, request.level, data);
  }
  if (archived(request))
    result.archive = append_archive(growth, request.map, request.archive_field, signing.stamping);
  result.state = growth.state();
  result.segment = Bytes(std::move(growth.segment));
  return result;
}

Archived PadesEngine::archive(const ArchiveRequest& request, const Stamping& stamping) {
  const std::string level = "B-LTA";
  check_place(request.map, request.state);
  if (request.map.security_store <= 0)
    throw unreachable(level, "the document was frozen for a lower level");
  empty_field(request.map, request.field);
  Growth growth(request.state);
  append_proof(growth, request.map, level,
               proved(level, "the timestamp authority",
                      [&] { return stamping.prove(request.token); }));
  Archived result;
  result.stamp = append_archive(growth, request.map, request.field, stamping);
  result.state = growth.state();
  result.segment = Bytes(std::move(growth.segment));
  return result;
}

}  // namespace cinnabar::pades
