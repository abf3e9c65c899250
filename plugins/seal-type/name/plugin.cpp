// cinnabar.seal-name: the seal type "name", for people.
#include "name_seal_type.hpp"

#include <cinnabar/plugin.hpp>

namespace cinnabar {
namespace {

class NameSealPlugin final : public NameSealType {
 public:
  explicit NameSealPlugin(Host& host) : NameSealType(host.config<NameSealConfig>()) {}
};

}  // namespace

CINNABAR_PLUGIN(NameSealPlugin)

}  // namespace cinnabar
