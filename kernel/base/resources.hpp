// Files of the kernel that are part of the executable, so that it needs none beside it: the build
// writes resources.cpp from them. Immutable.
#pragma once

#include <string_view>

namespace cinnabar::kernel::resources {

extern const std::string_view kErrors;        // kernel/errors.json
extern const std::string_view kMigration001;  // kernel/migrations/001_kernel.sql
extern const std::string_view kMigration002;  // kernel/migrations/002_cluster.sql
extern const std::string_view kMigration003;  // kernel/migrations/003_offer.sql
extern const std::string_view kMigration004;  // kernel/migrations/004_reach.sql
extern const std::string_view kMigration005;  // kernel/migrations/005_keys.sql

}  // namespace cinnabar::kernel::resources
