#include "credential.hpp"

#include <cinnabar/cms.hpp>
#include <cinnabar/tables.hpp>

namespace cinnabar::evidence {
std::string OwnCredential::sign(std::string_view content, const Call& call) {
  const Credential credential = get(call);
  std::vector<std::string_view> chain;
  for (const Bytes& certificate : credential.chain) chain.push_back(certificate.view());
  const CmsSigner signer(chain, digest_for(chain.front()));
  const std::string attributes = signer.attributes(cms::kData, signer.digest_of(content));
  const KeyStoreClient keys(
      host_.table<cinnabar_key_store>("cinnabar.key-store/1", credential.key.store));
  const std::string signature = keys.sign(credential.key.id, signer.digest_name(),
                                          signer.attributes_digest(attributes));
  const Stamp stamp =
      host_.service<TimestampAuthority>(call).stamp({to_hex(sha256(signature)), "sha256"});
  return signer.assemble(cms::kData, {}, attributes, signature, stamp.token.view());
}

}  // namespace cinnabar::evidence
