#include "kernel/system/kernel.hpp"

#include "kernel/api/api.hpp"
#include "kernel/api/idempotency.hpp"
#include "kernel/api/router.hpp"
#include "kernel/base/folders.hpp"
#include "kernel/base/ids.hpp"
#include "kernel/blob/blobs.hpp"
#include "kernel/db/committer.hpp"
#include "kernel/db/migrations.hpp"
#include "kernel/event/outbox.hpp"
#include "kernel/http/server.hpp"
#include "kernel/job/jobs.hpp"
#include "kernel/log/log.hpp"
#include "kernel/plugin/call_context.hpp"
#include "kernel/system/domains.hpp"
#include "kernel/system/examine.hpp"
#include "kernel/system/system_service.hpp"
#include "kernel/tenancy/access.hpp"

#include <unistd.h>

namespace cinnabar::kernel {
namespace {

// Jobs wait for the network and for workers more than they compute.
constexpr int kJobThreads = 4;

// Kept in the server's own folder: the host's name, for people, as it was at the first start.
std::string node_name(const std::filesystem::path& folder, const Clocks& clocks) {
  char host[33] = "";
  ::gethostname(host, sizeof host - 1);
  host[sizeof host - 1] = '\0';
  const std::filesystem::path file = folder / "node";
  std::string name = kept_text(file, host + ("/" + new_id("node", clocks.real_ms())));
  if (name.empty()) throw failure(file.string() + " cannot be read or written");
  return name;
}

}  // namespace

// Members are in order of construction; destruction is the reverse.
class Kernel::Impl {
 public:
  Impl(Config given, PluginSettings plugin_settings)
      : config(std::move(given)), plugins(std::move(plugin_settings), clocks) {}

  SystemParts system_parts() {
    const auto points = [this] {
      const CallContext* context = CallContext::current();
      return hook_points(context ? *context->generation() : *plugins.generation());
    };
    const auto permissions = [this] {
      const CallContext* context = CallContext::current();
      return kernel::permissions(context ? *context->generation() : *plugins.generation());
    };
    return {[this]() -> Db& { return *db; }, points, permissions, clocks, config.access.demo,
            [this] { wake(); }};
  }

  void add_builtins() {
    plugins.make_routes_with(make_routes);
    plugins.add_builtin(SystemService::manifest(), builtin<SystemService>([this](Host& host) {
                          return std::make_unique<SystemService>(host, system_parts());
                        }));
  }

  void open_storage() {
    plugins.start_storage();
    const auto* database = static_cast<const cinnabar_database*>(
        plugins.table(interface_id<Database>(), config.storage.database));
    if (!database) throw Error("kernel.no_database", {{"driver", config.storage.database}});
    const auto* store = static_cast<const cinnabar_blob_store*>(
        plugins.table(interface_id<BlobStore>(), config.storage.blobs));
    if (!store) throw Error("kernel.no_blob_store", {{"store", config.storage.blobs}});
    db = std::make_unique<Db>(database);
    migrate(*db, plugins.migrations(), clocks.real_ms());
    committer = std::make_unique<Committer>(*db, clocks);
    blobs = std::make_unique<Blobs>(store, *db, *committer, clocks);
    plugins.attach(db.get(), committer.get(), blobs.get());
  }

  ApiParts api_parts() {
    return {plugins,
            *db,
            [this](Commit commit) { committer->commit(std::move(commit)); },
            *blobs,
            *access,
            clocks,
            metrics,
            [this](std::string_view code) { return plugins.error_text(code); },
            [] { return std::optional<std::string>(); }};
  }

  ApiSettings api_settings() const {
    ApiSettings settings;
    settings.safe_mode = config.plugins.safe_mode;
    settings.tls = !config.server.tls_certificate.empty();
    settings.origins = config.access.origins;
    settings.requests_per_minute = config.limits.requests_per_minute;
    settings.open_requests_per_minute = config.limits.open_requests_per_minute;
    settings.fingerprint_secret =
        installation_secret(std::filesystem::path(shared_folder(config)) / "installation.key");
    return settings;
  }

  HttpSettings http_settings() const {
    const ServerConfig& from = config.server;
    HttpSettings to;
    to.address = from.address;
    to.port = static_cast<std::uint16_t>(from.port);
    to.io_threads = from.io_threads;
    to.worker_threads = from.worker_threads;
    to.queue_max = from.queue_max;
    to.connections_max = from.connections_max;
    to.idle_timeout_s = from.idle_timeout_s;
    to.request_timeout_s = from.request_timeout_s;
    to.tls_certificate = from.tls_certificate;
    to.tls_key = from.tls_key;
    return to;
  }

  // Figures that somebody else keeps, for /metrics.
  void measure() {
    metrics.gauge("cinnabar_outbox_lag", "Events that some subscriber has not got yet.",
                  [this] { return static_cast<double>(outbox->lag()); });
    metrics.collect([this](MetricsPage& page) {
      const std::vector<PluginCounters> counters = plugins.counters();
      const auto family = [&](std::string name, std::string_view type, std::string_view help,
                              double (*value)(const PluginCounters&)) {
        page.family(name.insert(0, "cinnabar_plugin_"), type, help);
        for (const PluginCounters& c : counters) page.value(name, {{"plugin", c.plugin}}, value(c));
      };
      family("calls_total", "counter", "Service calls of a plugin.",
             [](auto& c) { return static_cast<double>(c.calls); });
      family("errors_total", "counter", "Its failed calls.",
             [](auto& c) { return static_cast<double>(c.errors); });
      family("seconds_total", "counter", "Time within its calls.",
             [](auto& c) { return static_cast<double>(c.time_us) / 1e6; });
      family("process_failures_total", "counter",
             "Processes of a plugin that crashed, hung or used up what they may have.",
             [](auto& c) { return static_cast<double>(c.process.failures); });
      family("process_bytes", "gauge", "Memory of a plugin's processes.",
             [](auto& c) { return static_cast<double>(c.process.resident_bytes); });
    });
  }

  void wake() {
    if (jobs) jobs->wake();
    if (outbox) outbox->wake();
  }

  Config config;
  SystemClocks clocks;
  Metrics metrics;
  PluginHost plugins;
  std::unique_ptr<Db> db;
  std::unique_ptr<Committer> committer;
  std::unique_ptr<Blobs> blobs;
  std::unique_ptr<Access> access;
  std::unique_ptr<Domains> domains;
  std::unique_ptr<Outbox> outbox;
  std::unique_ptr<Jobs> jobs;
  std::unique_ptr<Api> api;
  std::unique_ptr<HttpServer> server;
};

Kernel::Kernel(Config config, PluginSettings plugins)
    : impl_(std::make_unique<Impl>(std::move(config), std::move(plugins))) {}

Kernel::~Kernel() { stop(); }

void Kernel::open() {
  make_folder(impl_->config.storage.data);
  make_folder(shared_folder(impl_->config));
  impl_->add_builtins();
  impl_->plugins.load();
  impl_->open_storage();
  impl_->plugins.start();
  impl_->domains = std::make_unique<Domains>(impl_->plugins, impl_->clocks, *impl_->blobs);
  impl_->access =
      std::make_unique<Access>(*impl_->db, impl_->clocks, impl_->config.access.operators,
                               standing_source(impl_->plugins));
}

std::uint16_t Kernel::serve() {
  Impl& k = *impl_;
  if (k.config.server.node.empty())
    k.config.server.node = node_name(k.config.storage.data, k.clocks);
  k.blobs->sweep();
  k.outbox = std::make_unique<Outbox>(*k.db, *k.committer, k.clocks,
                                      k.domains->subscriptions(*k.plugins.generation()),
                                      k.config.server.node);
  k.jobs = std::make_unique<Jobs>(*k.db, *k.committer, k.clocks, k.domains->runner(),
                                  JobSettings{k.config.server.node, kJobThreads});
  k.committer->on_committed([&k] { k.wake(); });
  k.outbox->start();
  k.jobs->start();
  k.plugins.before_exchange(
      [&k](const Generation& next) { k.outbox->add(k.domains->subscriptions(next)); });
  k.measure();
  k.api = std::make_unique<Api>(k.api_parts(), k.api_settings());
  k.server = std::make_unique<HttpServer>(k.http_settings(), k.api->handlers());
  k.server->start();
  return k.server->port();
}

void Kernel::stop() {
  Impl& k = *impl_;
  if (k.server) k.server->stop(k.config.server.stop_grace_s);
  k.server.reset();
  if (k.jobs) k.jobs->stop();
  if (k.outbox) k.outbox->stop();
  if (k.committer) k.committer->stop();
  k.plugins.stop();
}

Findings Kernel::examine() {
  return kernel::examine(*impl_->db, *impl_->blobs, impl_->plugins, impl_->clocks);
}

}  // namespace cinnabar::kernel
