// The oval seal (椭圆章) of enterprises with foreign capital and of departments: a double ring, the
// owner's name along the upper arc, its title in the middle, its code along the lower arc. A
// vector drawing in true millimetres; the same request always gives the same bytes.
// Thread-safety: any thread.
#pragma once

#include <cinnabar/host.hpp>
#include <cinnabar/services/seal_type.hpp>

namespace example {

inline constexpr double kOvalMmUsual = 45, kOvalMmMin = 30, kOvalMmMax = 60;  // wide

// Of the installation, as the manifest's `config` describes it.
struct OvalConfig {
  std::string font_file = "/usr/share/fonts/opentype/noto/NotoSerifCJK-Bold.ttc";
  std::string font_family = "Noto Serif CJK SC";
};
CINNABAR_DESCRIBE(OvalConfig, font_file, font_family)

class OvalSeal final : public cinnabar::SealType {
 public:
  explicit OvalSeal(cinnabar::Host& host) : config_(host.config<OvalConfig>()) {}

  cinnabar::SealImage draw(const cinnabar::SealDesign&, const cinnabar::Call&) override;

 private:
  const OvalConfig config_;
};

}  // namespace example
