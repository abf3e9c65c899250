// @title@: a framed stamp with the owner's name and, in a second line, its title. A vector drawing
// in true millimetres; the same request always gives the same bytes. Thread-safety: any thread.
#pragma once

#include <cinnabar/host.hpp>
#include <cinnabar/services/seal_type.hpp>

namespace @ident@_plugin {

// Of the installation, as the manifest's `config` describes it.
struct Settings {
  std::string font_file = "/usr/share/fonts/opentype/noto/NotoSerifCJK-Bold.ttc";
  std::string font_family = "Noto Serif CJK SC";
};
CINNABAR_DESCRIBE(Settings, font_file, font_family)

class @Class@ final : public cinnabar::SealType {
 public:
  explicit @Class@(cinnabar::Host& host) : settings_(host.config<Settings>()) {}

  cinnabar::SealImage draw(const cinnabar::SealDesign&, const cinnabar::Call&) override;

 private:
  const Settings settings_;
};

}  // namespace @ident@_plugin
