#include "methods.hpp"

namespace faulty {
namespace {

// The content that the check stores, and its digest: FIPS 180-4, example.
constexpr std::string_view kContent = "abc";
constexpr std::string_view kDigest =
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
constexpr std::string_view kKey = "key-1";

}  // namespace

std::string Shelf::stage() { throw Error("blob.not_staged", {}, {}, CINNABAR_UNSUPPORTED); }

void Shelf::adopt(const std::string&, std::string_view) { throw Error("blob.not_staged"); }

void Shelf::put(std::string_view sha256, std::string_view content) {
  if (has_fault("stores_full")) throw Error("blob.full", {}, {}, CINNABAR_UNAVAILABLE);
  if (sha256 != kDigest || content != kContent) throw Error("blob.digest_unfit");
  stored_ = true;
}

std::uint64_t Shelf::size(std::string_view sha256) {
  if (sha256 != kDigest || !stored_) throw Error("blob.not_found");
  return kContent.size();
}

void Shelf::read(std::string_view sha256, std::uint64_t, std::uint64_t,
                 const std::function<void(std::string_view)>& part) {
  if (sha256 != kDigest || !stored_ || has_fault("stores_lost")) throw Error("blob.not_found");
  part(kContent);
}

void Shelf::remove(std::string_view) { stored_ = false; }

void Shelf::list(const std::function<void(std::string_view)>& each) {
  if (stored_) each(kDigest);
}

std::string Keys::create(std::string_view) {
  if (has_fault("keys_full")) throw Error("key.full", {}, {}, CINNABAR_UNAVAILABLE);
  return std::string(kKey);
}

std::string Keys::public_key(std::string_view id) {
  if (id != kKey || has_fault("keys_lost")) throw Error("key.not_found");
  return "a public key";
}

std::string Keys::sign(std::string_view, std::string_view, std::string_view) {
  throw Error("key.not_found");
}

void Keys::destroy(std::string_view) {}

}  // namespace faulty
