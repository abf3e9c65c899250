#include "signature.hpp"

#include "signature_text.hpp"

#include <cinnabar/bytes.hpp>
#include <cinnabar/digest_state.hpp>
#include <cinnabar/error.hpp>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>

namespace cinnabar::apikeys {
namespace {

constexpr std::string_view kDigest = "sha-256=";
constexpr std::size_t kMacSize = 32;

std::string lower(std::string text) {
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c += 'a' - 'A';
  return text;
}

const std::string& header(const CallerRequest& request, const std::string& name) {
  static const std::string kNone;
  const auto found = request.headers.find(name);
  return found == request.headers.end() ? kNone : found->second;
}

// As section 2.2.3 normalises it: lower case, without the port that goes without saying.
std::string authority(const CallerRequest& request, const std::string& scheme) {
  std::string out = lower(request.authority);
  const std::string usual = scheme == "https" ? ":443" : ":80";
  if (out.ends_with(usual)) out.resize(out.size() - usual.size());
  return out;
}

std::string component(const std::string& name, const CallerRequest& request,
                      const std::string& scheme) {
  const std::string& target = request.target;
  const std::size_t mark = target.find('?');
  if (name == "@method") return request.method;
  if (name == "@authority") return authority(request, scheme);
  if (name == "@scheme") return scheme;
  if (name == "@target-uri") return scheme + "://" + authority(request, scheme) + target;
  if (name == "@request-target") return target;
  if (name == "@path") return target.substr(0, mark);
  if (name == "@query") return mark == std::string::npos ? "?" : target.substr(mark);
  if (name.starts_with("@")) throw malformed("the component " + name + " is not known here");
  // What a transport may have written anew is the same when it is trimmed.
  if (name == "host") return lower(request.authority);
  if (request.headers.count(name) == 0)
    throw malformed("it covers " + name + ", which is not sent");
  return trimmed(header(request, name));
}

bool covers(const Signature& signature, std::string_view name) {
  const auto& all = signature.components;
  return std::find(all.begin(), all.end(), name) != all.end();
}

std::string mac_of(const std::string& secret, const std::string& text) {
  std::string out(EVP_MAX_MD_SIZE, '\0');
  unsigned size = 0;
  if (!HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
            reinterpret_cast<const unsigned char*>(text.data()), text.size(),
            reinterpret_cast<unsigned char*>(out.data()), &size))
    throw failure("HMAC failed");
  out.resize(size);
  return out;
}

}  // namespace

Signature read_signature(const CallerRequest& request) {
  const auto [label, parameters] = labelled(header(request, "signature-input"), "Signature-Input");
  const auto [other, value] = labelled(header(request, "signature"), "Signature");
  if (label != other) throw malformed("Signature and Signature-Input have different labels");
  Signature signature = read_parameters(parameters);
  signature.value = byte_sequence(value, "Signature");
  if (signature.value.size() != kMacSize) throw malformed("the signature does not have 32 bytes");
  if (!covers(signature, "@method")) throw malformed("it must cover @method");
  if (!covers(signature, "@target-uri") &&
      !(covers(signature, "@path") && covers(signature, "@query")))
    throw malformed("it must cover @target-uri, or @path and @query");
  if (request.headers.count("idempotency-key") != 0 && !covers(signature, "idempotency-key"))
    throw malformed("it must cover idempotency-key, which is sent");
  return signature;
}

std::string signature_base(const Signature& signature, const CallerRequest& request,
                           const std::string& scheme) {
  std::string out;
  for (const std::string& name : signature.components)
    out += "\"" + name + "\": " + component(name, request, scheme) + "\n";
  return out + "\"@signature-params\": " + signature.parameters;
}

bool is_signed_with(const Signature& signature, const CallerRequest& request,
                    const std::string& secret) {
  for (const char* scheme : {"http", "https"}) {
    const std::string mac = mac_of(secret, signature_base(signature, request, scheme));
    if (CRYPTO_memcmp(mac.data(), signature.value.data(), kMacSize) == 0) return true;
  }
  return false;
}

void check_body(const Signature& signature, const CallerRequest& request) {
  if (!request.body_known) return;
  const bool covered = covers(signature, "content-digest");
  if (!covered && request.body_sha256 == to_hex(sha256({})))
    return;  // there is no body, and none was signed
  if (!covered) throw malformed("it must cover content-digest, for there is a body");
  const std::string given = trimmed(header(request, "content-digest"));
  if (!given.starts_with(kDigest)) throw malformed("Content-Digest must be sha-256=:...:");
  const std::string digest = byte_sequence(given.substr(kDigest.size()), "Content-Digest");
  if (to_hex(digest) != request.body_sha256)
    throw Error("api_key.digest_wrong", {{"sha256", request.body_sha256}});
}

}  // namespace cinnabar::apikeys
