// The seal type "round" as other plugins call it. Any thread.
#pragma once

#include <cinnabar/host.hpp>
#include <cinnabar/services/seal_type.hpp>

namespace cinnabar {

struct RoundSealConfig {
  std::string font_file = "/usr/share/fonts/opentype/noto/NotoSerifCJK-Bold.ttc";
  std::string font_family = "Noto Serif CJK SC";
};
CINNABAR_DESCRIBE(RoundSealConfig, font_file, font_family)

class RoundSealType : public SealType {
 public:
  explicit RoundSealType(RoundSealConfig config) : config_(std::move(config)) {}

  SealImage draw(const SealDesign&, const Call&) override;

 private:
  RoundSealConfig config_;
};

}  // namespace cinnabar
