// CINNABAR_PLUGIN(Class): makes a class into a plugin.
//
//   class Totp final : public AuthMethod { ... };
//   CINNABAR_PLUGIN(Totp)
//
// The class implements one interface class, or names several with
// `using Interfaces = cinnabar::Provides<AuthMethod, Domain>;`. Its constructor takes `Host&` or
// nothing; it may have `void start()` (database and services are there from then on) and
// `void drain()`. The target's compile definitions CINNABAR_PLUGIN_ID and CINNABAR_PLUGIN_VERSION
// come from its plugin.json through the SDK's CMake function.
#pragma once

#include <cinnabar/host.hpp>
#include <cinnabar/tables.hpp>

namespace cinnabar {

template <class... I>
struct Provides {};

namespace detail {

// One interface's export: a service table or one of the C tables.
template <class I>
struct Export {
  decltype(export_table(static_cast<I*>(nullptr))) table;
  explicit Export(I* self) : table(export_table(self)) {}
};

template <class T>
auto interfaces_of() {
  if constexpr (requires { typename T::Interfaces; })
    return typename T::Interfaces{};
  else
    return Provides<typename T::Interface>{};
}

template <class T, class List>
class Instance;

template <class T, class... I>
class Instance<T, Provides<I...>> {
 public:
  explicit Instance(const cinnabar_host* host)
      : host_(host), object_(make(host_)), exports_(Export<I>(object_.get())...) {}

  void start() {
    if constexpr (requires(T t) { t.start(); }) object_->start();
  }
  void drain() {
    if constexpr (requires(T t) { t.drain(); }) object_->drain();
  }
  const void* find(std::string_view id) const {
    const void* found = nullptr;
    std::apply(
        [&](const auto&... e) { ((found = found ? found : match<I>(e, id)), ...); }, exports_);
    return found;
  }

 private:
  static std::unique_ptr<T> make(Host& host) {
    if constexpr (std::is_constructible_v<T, Host&>)
      return std::make_unique<T>(host);
    else
      return std::make_unique<T>();
  }
  template <class X>
  static const void* match(const Export<X>& e, std::string_view id) {
    return interface_id<X>() == id ? static_cast<const void*>(&e.table) : nullptr;
  }

  Host host_;
  std::unique_ptr<T> object_;
  std::tuple<Export<I>...> exports_;
};

template <class T>
cinnabar_plugin plugin_table(const char* id, const char* version) {
  using Plugin = Instance<T, decltype(interfaces_of<T>())>;
  return {sizeof(cinnabar_plugin), CINNABAR_ABI_MAJOR, CINNABAR_ABI_MINOR, id, version, __VERSION__,
          [](const cinnabar_host* host, const cinnabar_reply* error, void** instance) {
            return guarded(error, [&] { *instance = new Plugin(host); });
          },
          [](void* instance, const cinnabar_reply* error) {
            return guarded(error, [&] { static_cast<Plugin*>(instance)->start(); });
          },
          [](void* instance) {
            guarded(nullptr, [&] { static_cast<Plugin*>(instance)->drain(); });
          },
          [](void* instance) { delete static_cast<Plugin*>(instance); },
          [](void* instance, cinnabar_bytes id_bytes) {
            return static_cast<const Plugin*>(instance)->find(view(id_bytes));
          }};
}

}  // namespace detail
}  // namespace cinnabar

#define CINNABAR_PLUGIN(T)                                                                      \
  extern "C" __attribute__((visibility("default"))) const cinnabar_plugin* cinnabar_plugin_v1() { \
    static const cinnabar_plugin kPlugin =                                                      \
        ::cinnabar::detail::plugin_table<T>(CINNABAR_PLUGIN_ID, CINNABAR_PLUGIN_VERSION);       \
    return &kPlugin;                                                                            \
  }
