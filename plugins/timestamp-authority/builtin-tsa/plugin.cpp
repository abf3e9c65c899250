// The door of the built-in timestamp authority: its credential comes from the certificate
// authority that is bound, is kept in its folder, and is replaced before it ends.
#include "request.hpp"

#include <cinnabar/durable_file.hpp>
#include <cinnabar/plugin.hpp>

namespace cinnabar::builtintsa {
namespace {

constexpr std::int64_t kDayMs = 86'400'000;

class BuiltinTsaPlugin final : public TimestampAuthority {
 public:
  explicit BuiltinTsaPlugin(Host& host) : host_(host) {}

  void start() {
    config_ = host_.config<Config>();
    folder_ = host_.data_folder();
    serials_ = std::make_unique<SerialNumbers>(folder_ / "serial", host_.random(8));
    const OwnCall call;
    stamper(call);
  }

  Stamp stamp(const StampRequest& request, const Call& call) override {
    const auto digest = from_hex(request.digest);
    if (!digest)
      throw Error("timestamp.digest_unfit", {{"algorithm", request.algorithm}}, "/digest");
    return stamper(call)->stamp({request.algorithm, *digest});
  }
  ValidationData proof(const StampProofRequest& request, const Call& call) override {
    const CallAs own(call, {});
    try {
      return authority(own.call()).proof({chain_of(request.token.view())});
    } catch (const Error& error) {
      if (error.code() == "certificate.revoked") throw Error("timestamp.revoked", error.params());
      if (error.code() == "certificate.status_unknown")
        throw Error("timestamp.status_unknown", error.params());
      throw;
    }
  }
  TimestampAnswer answer(const TimestampQuery& query, const Call& call) override {
    try {
      return {Bytes(granted(token(parse_request(query.request.view()), call)))};
    } catch (const Rejection& rejection) {
      return {Bytes(rejected(rejection))};
    } catch (const Error& error) {
      host_.log(Level::warning, std::string("a request for a timestamp: ") + error.what());
      const bool later = error.status() == CINNABAR_UNAVAILABLE;
      return {Bytes(later ? rejected({Failure::time_not_available, "ask again later"})
                          : rejected({Failure::system_failure, "the authority failed"}))};
    }
  }

 private:
  std::string token(const TimestampAsk& ask, const Call& call) {
    const auto stamper = this->stamper(call);
    if (!ask.policy.empty() && ask.policy != stamper->policy())
      throw Rejection{Failure::unaccepted_policy, "the policy is not this authority's"};
    const Stamp stamp = stamper->stamp(ask.imprint, ask.nonce);
    return ask.certificates ? stamp.token.text() : without_certificates(stamp.token.view());
  }

  // The installation's, whoever asks: the timestamp authority is one for all.
  Client<CertificateAuthority> authority(const Call& own) const {
    return host_.service<CertificateAuthority>(own);
  }

  // The stamper of the credential in force. Replaced under the lock; those in use live on.
  std::shared_ptr<TimeStamper> stamper(const Call& call) {
    const std::lock_guard lock(mutex_);
    const std::int64_t now_ms = host_.now_ms(Clock::real);
    if (!stamper_ || now_ms > renew_at_ms_) {
      if (!serials_) throw Error("timestamp.unavailable", {}, {}, CINNABAR_UNAVAILABLE);
      adopt(credential(call, now_ms));
    }
    return stamper_;
  }

  Credential credential(const Call& call, std::int64_t now_ms) {
    const auto path = folder_ / "credential.json";
    if (const auto kept = kept_credential(path); kept && now_ms <= renewal_of(*kept)) return *kept;
    IssueRequest request;
    request.profile = "timestamp";
    request.common_name = "Cinnabar Timestamp Authority";
    request.identifier = host_.new_id("tsa");
    const CallAs own(call, {});
    Credential fresh = authority(own.call()).issue(request);
    write_durable(path, to_json(fresh) + "\n");
    return fresh;
  }

  // Nothing is lost with a credential: one that cannot be read is replaced like one that ended.
  std::optional<Credential> kept_credential(const std::filesystem::path& path) const {
    const auto text = read_small_file(path);
    if (!text) return std::nullopt;
    try {
      return from_json<Credential>(*text);
    } catch (const Error& error) {
      host_.log(Level::warning, "replacing " + path.string() + ": " + error.what());
      return std::nullopt;
    }
  }

  // Short-lived certificates are replaced after two thirds of their life.
  std::int64_t renewal_of(const Credential& credential) const {
    const std::int64_t life_ms = credential.not_after_ms - credential.not_before_ms;
    return credential.not_after_ms - std::min(config_.renew_days * kDayMs, life_ms / 3);
  }

  void adopt(const Credential& credential) {
    const auto* table =
        host_.table<cinnabar_key_store>("cinnabar.key-store/1", credential.key.store);
    const KeyStoreClient keys(table);
    stamper_ = std::make_shared<TimeStamper>(
        credential.chain, config_, *serials_,
        [keys, key = credential.key.id](std::string_view algorithm, std::string_view digest) {
          return keys.sign(key, algorithm, digest);
        },
        [this] { return host_.now_ms(Clock::real); });
    renew_at_ms_ = renewal_of(credential);
  }

  Host& host_;
  Config config_;
  std::filesystem::path folder_;
  std::unique_ptr<SerialNumbers> serials_;
  std::mutex mutex_;
  std::shared_ptr<TimeStamper> stamper_;
  std::int64_t renew_at_ms_ = 0;
};

}  // namespace
}  // namespace cinnabar::builtintsa

CINNABAR_PLUGIN(cinnabar::builtintsa::BuiltinTsaPlugin)
