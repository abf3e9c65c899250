#include "kernel/migrations/kernel_migrations.hpp"

namespace cinnabar::kernel {

const std::vector<KernelMigration>& kernel_migrations() {
  static const std::vector<KernelMigration> kAll{{1, "kernel", migrations::kKernel001}};
  return kAll;
}

}  // namespace cinnabar::kernel
