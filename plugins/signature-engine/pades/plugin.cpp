// The door of the signature engine: keys from the key store's table, stamps from the timestamp
// authority that the call's owner has bound, validation data from both authorities.
#include "engine.hpp"

#include <cinnabar/plugin.hpp>

namespace cinnabar::pades {
namespace {

class PadesPlugin final : public SignatureEngine {
 public:
  explicit PadesPlugin(Host& host) : host_(host) {}

  DocumentState base_state(const BaseRequest& request, const Call&) override {
    return engine_.base_state(request);
  }

  Signed sign(const SignRequest& request, const Call& call) override {
    const auto* table = host_.table<cinnabar_key_store>("cinnabar.key-store/1", request.key.store);
    if (!table)
      throw Error("signature.key_unavailable", {{"reason", "key.store_missing"}}, {},
                  CINNABAR_UNAVAILABLE);
    const KeyStoreClient keys(table);
    return engine_.sign(request, {[&] { return keys.public_key(request.key.id); },
                                  [&](std::string_view algorithm, std::string_view digest) {
                                    return keys.sign(request.key.id, algorithm, digest);
                                  },
                                  [&] { return proof_of(request, call); }, stamping(call)});
  }

  Archived archive(const ArchiveRequest& request, const Call& call) override {
    return engine_.archive(request, stamping(call));
  }

 private:
  // By the certificate authority that the signer's own side has bound.
  ValidationData proof_of(const SignRequest& request, const Call& call) const {
    if (request.vouched_for.empty())
      return host_.service<CertificateAuthority>(call).proof({request.chain});
    const CallAs as(call, request.vouched_for);
    const Call voucher = as.call();
    return host_.service<CertificateAuthority>(voucher).proof({request.chain});
  }

  Stamping stamping(const Call& call) const {
    return {[this, &call](std::string_view digest) {
              return host_.service<TimestampAuthority>(call).stamp({to_hex(digest), "sha256"});
            },
            [this, &call](const Bytes& token) {
              return host_.service<TimestampAuthority>(call).proof({token});
            }};
  }

  Host& host_;
  PadesEngine engine_;
};

}  // namespace
}  // namespace cinnabar::pades

CINNABAR_PLUGIN(cinnabar::pades::PadesPlugin)
