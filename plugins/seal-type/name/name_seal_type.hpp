// The seal type "name" as other plugins call it. Any thread.
#pragma once

#include <cinnabar/host.hpp>
#include <cinnabar/services/seal_type.hpp>

namespace cinnabar {

struct NameSealConfig {
  std::string font_file = "/usr/share/fonts/opentype/noto/NotoSerifCJK-Bold.ttc";
  std::string font_family = "Noto Serif CJK SC";
};
CINNABAR_DESCRIBE(NameSealConfig, font_file, font_family)

class NameSealType : public SealType {
 public:
  explicit NameSealType(NameSealConfig config) : config_(std::move(config)) {}

  SealImage draw(const SealDesign&, const Call&) override;

 private:
  NameSealConfig config_;
};

}  // namespace cinnabar
