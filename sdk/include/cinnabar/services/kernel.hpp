// What the kernel itself offers as services, found like any other: cinnabar.events/1 reads event
// chains, cinnabar.bindings/1 says what an owner has bound, cinnabar.hook-points/1 where scripts
// may decide, cinnabar.permissions/1 what roles may allow. There in every serving process, required
// or not. Thread-safety: any thread.
#pragma once

#include <cinnabar/services/domain.hpp>

namespace cinnabar {

struct ChainRequest {
  std::string aggregate;
  std::int64_t after = 0;  // chain index
  int limit = 1000;
};
CINNABAR_DESCRIBE(ChainRequest, aggregate, after, (limit, range(1, 1000)))

struct Chain {
  std::vector<StoredEvent> events;
  bool intact = true;  // each hash is that of its bytes and follows its predecessor
};
CINNABAR_DESCRIBE(Chain, events, intact)

class Events {
 public:
  using Interface = Events;
  virtual ~Events() = default;
  virtual Chain chain(const ChainRequest&, const Call&) = 0;
};
CINNABAR_SERVICE(Events, "cinnabar.events/1", chain)

// Which implementations an owner has bound for an interface, in order.
struct BindingsRequest {
  std::string interface_id;
};
CINNABAR_DESCRIBE(BindingsRequest, interface_id)
struct BindingNames {
  std::vector<std::string> names;
  // Of the owner's snapshot that this request began with. What a plugin derives from an owner's
  // settings may be kept while it stays the same; see WriteSet::changed_owners.
  std::int64_t epoch = 0;
};
CINNABAR_DESCRIBE(BindingNames, names, epoch)

class Bindings {
 public:
  using Interface = Bindings;
  virtual ~Bindings() = default;
  virtual BindingNames names(const BindingsRequest&, const Call&) = 0;
};
CINNABAR_SERVICE(Bindings, "cinnabar.bindings/1", names)

// The hook points of all domains, whoever has them bound. The same until the process ends; asked
// before every plugin has started, it fails.
struct HookPointsRequest {};
CINNABAR_DESCRIBE_EMPTY(HookPointsRequest)
struct HookPointSet {
  std::vector<HookPointInfo> points;  // in order of name
  Json schemas;                       // JSON Schema by type name, as the domains describe them
};
CINNABAR_DESCRIBE(HookPointSet, points, schemas)

class HookPoints {
 public:
  using Interface = HookPoints;
  virtual ~HookPoints() = default;
  virtual HookPointSet list(const HookPointsRequest&, const Call&) = 0;
};
CINNABAR_SERVICE(HookPoints, "cinnabar.hook-points/1", list)

// The permissions that all domains name. The same while the same plugins run.
struct PermissionsRequest {};
CINNABAR_DESCRIBE_EMPTY(PermissionsRequest)
struct PermissionSet {
  std::vector<PermissionInfo> permissions;  // in order of name
};
CINNABAR_DESCRIBE(PermissionSet, permissions)

class Permissions {
 public:
  using Interface = Permissions;
  virtual ~Permissions() = default;
  virtual PermissionSet list(const PermissionsRequest&, const Call&) = 0;
};
CINNABAR_SERVICE(Permissions, "cinnabar.permissions/1", list)

}  // namespace cinnabar
