#include "engine.hpp"

#include "update.hpp"

#include <optional>

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

Error unreachable(const std::string& level, const std::string& reason) {
  return Error("signature.level_unreachable", {{"level", level}, {"reason", reason}}, {},
               CINNABAR_UNAVAILABLE);
}

std::string key_signature(const CmsSigner& signer, std::string_view attributes,
                          const Signing& signing) {
  try {
    return signing.sign(signer.digest_name(), signer.attributes_digest(attributes));
  } catch (const Error& error) {
    throw Error("signature.key_unavailable", {{"reason", error.code()}}, {}, CINNABAR_UNAVAILABLE);
  }
}

Stamp token_for(std::string_view signature, const std::string& level, const Signing& signing) {
  Stamp stamp;
  try {
    stamp = signing.stamp(sha256(signature));
  } catch (const Error& error) {
    throw unreachable(level, error.code());
  }
  if (stamp.token.empty() || stamp.token.size() > kTokenSizeMax)
    throw unreachable(level, "the timestamp authority's token is empty or too large");
  return stamp;
}

void write_hex(std::string_view bytes, char* out) {
  constexpr char kDigits[] = "0123456789abcdef";
  for (const char c : bytes) {
    *out++ = kDigits[static_cast<unsigned char>(c) >> 4];
    *out++ = kDigits[static_cast<unsigned char>(c) & 15];
  }
}

}  // namespace

PadesEngine::PadesEngine() : signers_(kSignersMax) {}

DocumentState PadesEngine::base_state(const BaseRequest& request) {
  DigestState digest;
  digest.update(request.document.view());
  DocumentState state;
  state.length = digest.size();
  state.start_xref = request.map.start_xref;
  state.next_object = request.map.next_object;
  state.digest_state = digest.encode();
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
  auto signer = std::make_shared<const CmsSigner>(chain);
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

std::size_t PadesEngine::contents_size(const CmsSigner& signer, bool stamped) const {
  if (!stamped) return signer.size_max(0);
  const std::size_t seen = token_size_seen_.load(std::memory_order_relaxed);
  return signer.size_max((seen == 0 ? kTokenSizeFirst : seen) + kTokenSlack);
}

Signed PadesEngine::sign(const SignRequest& request, const Signing& signing) {
  if (request.level != "B-B" && request.level != "B-T")
    throw unreachable(request.level, "this engine makes B-B and B-T");
  const bool stamped = request.level == "B-T";
  check_request(request);
  const DigestState before = DigestState::decode(request.state.digest_state);
  if (before.size() != request.state.length)
    throw Error("signature.state_mismatch", {{"reason", "digest state and length differ"}});
  const auto signer = signer_of(request, signing);

  // Twice at most: the second time there is room for a token of the size that came.
  for (int attempt = 0; attempt < 2; ++attempt) {
    Update update = build_update(request, contents_size(*signer, stamped), drawings_);
    const std::string_view bytes = update.bytes;
    DigestState upto_gap = before;
    upto_gap.update(bytes.substr(0, update.gap_begin));
    DigestState signed_bytes = upto_gap;
    signed_bytes.update(bytes.substr(update.gap_end));
    const std::string digest = signed_bytes.digest();

    const std::string attributes = signer->attributes(cms::kData, digest);
    const std::string signature = key_signature(*signer, attributes, signing);
    Stamp stamp;
    if (stamped) {
      stamp = token_for(signature, request.level, signing);
      std::size_t seen = token_size_seen_.load(std::memory_order_relaxed);
      while (seen < stamp.token.size() &&
             !token_size_seen_.compare_exchange_weak(seen, stamp.token.size())) {
      }
    }
    const std::string cms =
        signer->assemble(cms::kData, {}, attributes, signature, stamp.token.view());
    if (2 * cms.size() > update.gap_end - update.gap_begin - 2) continue;
    write_hex(cms, update.bytes.data() + update.gap_begin + 1);

    upto_gap.update(bytes.substr(update.gap_begin));
    Signed result;
    result.state = {1, upto_gap.size(), update.start_xref, update.next_object, upto_gap.encode()};
    result.segment = Bytes(std::move(update.bytes));
    result.digest = to_hex(digest);
    if (stamped) result.timestamp = to_rfc3339(Time{stamp.time_ms});
    return result;
  }
  throw unreachable(request.level, "the timestamp does not fit");
}

}  // namespace cinnabar::pades
