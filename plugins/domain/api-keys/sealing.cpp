#include "sealing.hpp"

#include <cinnabar/durable_file.hpp>
#include <cinnabar/sealing.hpp>

#include <fstream>
#include <iterator>

namespace cinnabar::apikeys {
namespace {

std::string content_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(in), {});
}

}  // namespace

Sealing::Sealing(const std::filesystem::path& file, std::string_view fresh) {
  if (!std::filesystem::exists(file)) write_durable(file, fresh, 0600, Existing::keep);
  key_ = content_of(file);
  if (key_.size() != kKeySize) throw failure(file.string() + " is not a sealing key");
}

Sealing::~Sealing() { OPENSSL_cleanse(key_.data(), key_.size()); }

std::string Sealing::seal(std::string_view secret, std::string_view context,
                          std::string_view nonce) const {
  return to_base64(seal_bytes(key_, nonce, secret, context));
}

std::optional<std::string> Sealing::open(std::string_view sealed, std::string_view context) const {
  const auto bytes = from_base64(sealed);
  return bytes ? open_bytes(key_, *bytes, context) : std::nullopt;
}

}  // namespace cinnabar::apikeys
