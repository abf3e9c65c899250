// cinnabar.seal-round: the seal type "round", 公章 and its kin.
#include "round_seal_type.hpp"

#include <cinnabar/plugin.hpp>

namespace cinnabar {
namespace {

class RoundSealPlugin final : public RoundSealType {
 public:
  explicit RoundSealPlugin(Host& host) : RoundSealType(host.config<RoundSealConfig>()) {}
};

}  // namespace

CINNABAR_PLUGIN(RoundSealPlugin)

}  // namespace cinnabar
