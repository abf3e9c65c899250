// TimeStamper: RFC 3161 timestamp tokens, built by hand, one operation of the key each. Serial
// numbers are unique for ever and ascend; times never go back while serials go forward. Owned by
// the plugin; any thread.
#pragma once

#include <cinnabar/cms.hpp>
#include <cinnabar/services/trust.hpp>

#include <filesystem>
#include <functional>
#include <mutex>

namespace cinnabar::builtintsa {

struct Config {
  // Under an object identifier made from a UUID, which needs no registration (X.667).
  std::string policy = "2.25.147690874764591509849463861978273473526.2.1";
  int accuracy_ms = 1'000;
  int renew_days = 90;
};
CINNABAR_DESCRIBE(Config, (policy, doc("The timestamp policy, dotted.")),
                  (accuracy_ms, range(1, 60'000),
                   doc("How far the machine's clock may be off, stated in tokens.")),
                  (renew_days, range(1, 3'650),
                   doc("The certificate is replaced so long before it ends.")))

// Serial numbers: a counter of 64 bits and, below it, 64 bits drawn by this process. The counter
// is reserved on disk in blocks, so that it ascends over restarts and crashes; the drawn part keeps
// numbers apart even when the folder was put back from a backup or copied. Any thread.
class SerialNumbers {
 public:
  SerialNumbers(std::filesystem::path file, std::string random8);
  std::string next();  // 16 bytes, big-endian

 private:
  void reserve();

  std::filesystem::path file_;
  std::string random_;
  std::mutex mutex_;
  std::uint64_t next_ = 0;
  std::uint64_t reserved_ = 0;  // numbers below are ours to give
};

// What is asked to be stamped: the algorithm "sha256", "sha384" or "sha512", and the raw digest.
struct Imprint {
  std::string algorithm;
  std::string digest;
};

struct ImprintAlgorithm {
  std::string_view name;
  std::size_t size;
  std::string identifier;  // AlgorithmIdentifier, DER
};
// Null when it is not one of them.
const ImprintAlgorithm* algorithm_of(std::string_view name);
const ImprintAlgorithm* algorithm_of_oid(std::string_view oid);  // OBJECT IDENTIFIER, whole

class TimeStamper {
 public:
  using Sign = std::function<std::string(std::string_view algorithm, std::string_view digest)>;

  // The chain, own certificate first; the root is left out of tokens.
  TimeStamper(std::vector<Bytes> chain, Config config, SerialNumbers& serials, Sign sign,
              std::function<std::int64_t()> now_ms);

  // The nonce is a whole INTEGER, or empty. Throws Error "timestamp.digest_unfit".
  Stamp stamp(const Imprint& imprint, std::string_view nonce = {});
  const std::string& policy() const { return policy_; }  // OBJECT IDENTIFIER, whole

 private:
  // A serial and a time, later than or at that of all serials before.
  std::pair<std::string, Time> take_turn();

  CmsSigner signer_;
  std::string policy_;    // DER
  std::string accuracy_;  // DER
  SerialNumbers& serials_;
  Sign sign_;
  std::function<std::int64_t()> now_ms_;
  std::mutex mutex_;
  std::int64_t last_ms_ = 0;
};

}  // namespace cinnabar::builtintsa
