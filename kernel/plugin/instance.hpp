// PluginInstance: one running plugin, wherever its code lives: in a library in this process, in a
// worker process, or in the executable itself. Owned by the plugin host; life-cycle calls from
// the control thread, what find() returns from any thread.
#pragma once

#include <cinnabar/plugin.hpp>

namespace cinnabar::kernel {

// What a plugin's processes cost; nothing for one inside.
struct ProcessCost {
  std::int64_t resident_bytes = 0;
  std::uint64_t failures = 0;  // processes that crashed, hung, or used up what they may have
};

class PluginInstance {
 public:
  virtual ~PluginInstance() = default;
  virtual ProcessCost cost() const { return {}; }
  virtual void start() = 0;  // throws Error
  virtual void drain() = 0;
  // A const cinnabar_service* or the table of that interface; null: not provided.
  virtual const void* find(std::string_view interface_id) const = 0;
};

using MakeInstance = std::function<std::unique_ptr<PluginInstance>(const cinnabar_host*)>;

// An instance behind the boundary's own table: a loaded library.
class TableInstance final : public PluginInstance {
 public:
  // Creates the plugin. Throws the Error that its create answered with.
  TableInstance(const cinnabar_plugin* table, const cinnabar_host* host) : table_(table) {
    ReplyBuffer reply;
    const cinnabar_status status = table_->create(host, reply.raw(), &instance_);
    if (status != CINNABAR_OK) throw_status(status, reply.json());
  }
  ~TableInstance() override { table_->destroy(instance_); }
  TableInstance(const TableInstance&) = delete;
  TableInstance& operator=(const TableInstance&) = delete;

  void start() override {
    ReplyBuffer reply;
    const cinnabar_status status = table_->start(instance_, reply.raw());
    if (status != CINNABAR_OK) throw_status(status, reply.json());
  }
  void drain() override { table_->drain(instance_); }
  const void* find(std::string_view interface_id) const override {
    return table_->interface_by_id(instance_, bytes_of(interface_id));
  }

 private:
  const cinnabar_plugin* table_;
  void* instance_ = nullptr;
};

// An instance whose class is compiled into the executable; `make` may hand it references to the
// kernel's parts, which must outlive it.
template <class T, class List = decltype(detail::interfaces_of<T>())>
class BuiltinInstance;

template <class T, class... I>
class BuiltinInstance<T, Provides<I...>> final : public PluginInstance {
 public:
  BuiltinInstance(const cinnabar_host* host, const std::function<std::unique_ptr<T>(Host&)>& make)
      : host_(host), object_(make(host_)), exports_(detail::Export<I>(object_.get())...) {}

  void start() override {
    if constexpr (requires(T t) { t.start(); }) object_->start();
  }
  void drain() override {
    if constexpr (requires(T t) { t.drain(); }) object_->drain();
  }
  const void* find(std::string_view id) const override {
    const void* found = nullptr;
    std::apply(
        [&](const auto&... e) {
          ((found = interface_id<I>() == id ? static_cast<const void*>(&e.table) : found), ...);
        },
        exports_);
    return found;
  }

 private:
  Host host_;
  std::unique_ptr<T> object_;
  std::tuple<detail::Export<I>...> exports_;
};

// host.add_builtin(manifest, builtin<Bindings>([&](Host&) { return std::make_unique<...>(...); }));
template <class T>
MakeInstance builtin(std::function<std::unique_ptr<T>(Host&)> make) {
  return [make](const cinnabar_host* host) -> std::unique_ptr<PluginInstance> {
    return std::make_unique<BuiltinInstance<T>>(host, make);
  };
}

}  // namespace cinnabar::kernel
