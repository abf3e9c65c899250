// The kernel's own migrations, part of the executable so that it needs no file. Immutable.
#pragma once

#include <string_view>
#include <vector>

namespace cinnabar::kernel {

struct KernelMigration {
  int number;
  std::string_view name;
  std::string_view sql;
};

// In order. A migration that was released never changes; what comes later is a new one.
const std::vector<KernelMigration>& kernel_migrations();

namespace migrations {
extern const std::string_view kKernel001;
}  // namespace migrations

}  // namespace cinnabar::kernel
