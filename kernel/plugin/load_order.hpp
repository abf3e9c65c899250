// Which plugins may be loaded, and in which order: each after everything it requires. Refuses
// duplicates, overlapping tables, missing requirements and cycles. Pure; any thread.
#pragma once

#include <cinnabar/package/manifest.hpp>

namespace cinnabar::kernel {

struct LoadOrder {
  struct Refusal {
    const Manifest* manifest;
    std::string reason;
  };
  std::vector<const Manifest*> order;
  std::vector<Refusal> refused;
};

// Of two that exclude each other the one that stands earlier in `manifests` stays. `given`:
// interfaces that are there without a plugin among `manifests`.
LoadOrder load_order(const std::vector<const Manifest*>& manifests,
                     const std::vector<std::string>& given = {});

}  // namespace cinnabar::kernel
