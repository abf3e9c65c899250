#include "version.hpp"

#include <algorithm>

namespace cinnabar::pdf {

namespace {

// Tenths: "1.7" is 17. 0 for what is no version.
int tenths(const std::string& version) {
  if (version.size() != 3 || version[1] != '.') return 0;
  const int major = version[0] - '0', minor = version[2] - '0';
  if (major < 1 || major > 9 || minor < 0 || minor > 9) return 0;
  if (major >= 2) return 20;
  return 10 + std::min(minor, 7);
}

}  // namespace

std::string version_of(QPDF& pdf) {
  int version = tenths(pdf.getPDFVersion());
  QPDFObjectHandle name = pdf.getRoot().getKey("/Version");
  if (name.isName()) version = std::max(version, tenths(name.getName().substr(1)));
  version = std::max(version, 10);
  return std::to_string(version / 10) + "." + std::to_string(version % 10);
}

}  // namespace cinnabar::pdf
