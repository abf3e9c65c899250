#include "time_stamper.hpp"

#include <cinnabar/durable_file.hpp>

#include <array>
#include <charconv>

namespace cinnabar::builtintsa {
namespace {

// Numbers reserved at once: some minutes of full load, against one synced write.
constexpr std::uint64_t kBlock = 1'000'000;
constexpr std::string_view kFilePrefix = "cinnabar-timestamp-serial 1 ";

const std::array<ImprintAlgorithm, 3>& algorithms() {
  static const std::array<ImprintAlgorithm, 3> kAlgorithms = {
      {{"sha256", 32, der::sequence(der::oid("2.16.840.1.101.3.4.2.1"), der::null())},
       {"sha384", 48, der::sequence(der::oid("2.16.840.1.101.3.4.2.2"), der::null())},
       {"sha512", 64, der::sequence(der::oid("2.16.840.1.101.3.4.2.3"), der::null())}}};
  return kAlgorithms;
}

// Accuracy (RFC 3161 2.4.2): whole seconds, then milliseconds as an implicit [0].
std::string encode_accuracy(int accuracy_ms) {
  std::string seconds, millis;
  if (accuracy_ms >= 1000) seconds = der::integer(static_cast<std::uint64_t>(accuracy_ms / 1000));
  if (accuracy_ms % 1000 != 0) {
    millis = der::integer(static_cast<std::uint64_t>(accuracy_ms % 1000));
    millis[0] = static_cast<char>(der::context_primitive(0));
  }
  return der::sequence(seconds, millis);
}

// A root is trusted or not by who validates; carrying it proves nothing.
std::vector<std::string_view> without_root(const std::vector<Bytes>& chain) {
  std::vector<std::string_view> views;
  for (const Bytes& certificate : chain) {
    const auto parts = der::parse_certificate(certificate.view());
    if (views.empty() || parts.issuer != parts.subject) views.push_back(certificate.view());
  }
  return views;
}

}  // namespace

const ImprintAlgorithm* algorithm_of(std::string_view name) {
  for (const ImprintAlgorithm& algorithm : algorithms())
    if (algorithm.name == name) return &algorithm;
  return nullptr;
}

const ImprintAlgorithm* algorithm_of_oid(std::string_view oid) {
  for (const ImprintAlgorithm& algorithm : algorithms())
    if (der::Reader(algorithm.identifier).enter().next().whole == oid) return &algorithm;
  return nullptr;
}

SerialNumbers::SerialNumbers(std::filesystem::path file, std::string random8)
    : file_(std::move(file)), random_(std::move(random8)) {
  if (const auto text = read_small_file(file_, 4096)) {
    std::string_view digits = *text;
    const bool prefixed = digits.starts_with(kFilePrefix);
    if (prefixed) digits.remove_prefix(kFilePrefix.size());
    const auto result = std::from_chars(digits.data(), digits.data() + digits.size(), next_);
    if (!prefixed || result.ec != std::errc() || *result.ptr != '\n')
      throw Error("timestamp.serial_damaged", {{"file", file_.string()}}, {}, CINNABAR_FAILED);
  } else {
    next_ = 1;
  }
  reserve();
}

void SerialNumbers::reserve() {
  write_durable(file_, std::string(kFilePrefix) + std::to_string(next_ + kBlock) + "\n");
  reserved_ = next_ + kBlock;
}

std::string SerialNumbers::next() {
  std::uint64_t number = 0;
  {
    const std::lock_guard lock(mutex_);
    if (next_ == reserved_) reserve();
    number = next_++;
  }
  std::string serial;
  for (int shift = 56; shift >= 0; shift -= 8) serial += static_cast<char>(number >> shift & 0xFF);
  return serial + random_;
}

TimeStamper::TimeStamper(std::vector<Bytes> chain, Config config, SerialNumbers& serials, Sign sign,
                         std::function<std::int64_t()> now_ms)
    : signer_(without_root(chain)),
      policy_(der::oid(config.policy)),
      accuracy_(encode_accuracy(config.accuracy_ms)),
      serials_(serials),
      sign_(std::move(sign)),
      now_ms_(std::move(now_ms)) {}

std::pair<std::string, Time> TimeStamper::take_turn() {
  const std::lock_guard lock(mutex_);
  last_ms_ = std::max(last_ms_, now_ms_());
  return {serials_.next(), Time{last_ms_}};
}

Stamp TimeStamper::stamp(const Imprint& imprint, std::string_view nonce) {
  const ImprintAlgorithm* algorithm = algorithm_of(imprint.algorithm);
  if (!algorithm || imprint.digest.size() != algorithm->size)
    throw Error("timestamp.digest_unfit", {{"algorithm", imprint.algorithm},
                                           {"size", std::to_string(imprint.digest.size())}});
  const auto [serial, time] = take_turn();
  const std::string info =
      der::sequence(der::integer(1), policy_,
                    der::sequence(algorithm->identifier, der::octet_string(imprint.digest)),
                    der::unsigned_integer(serial), der::generalized_time(time), accuracy_, nonce);
  const std::string attributes = signer_.attributes(cms::kTimeStampInfo, signer_.digest_of(info));
  const std::string signature = sign_(signer_.digest_name(), signer_.attributes_digest(attributes));
  return {Bytes(signer_.assemble(cms::kTimeStampInfo, info, attributes, signature)), time.ms};
}

}  // namespace cinnabar::builtintsa
