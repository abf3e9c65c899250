#include "kernel/plugin/plugin_routes.hpp"

#include "kernel/db/committer.hpp"
#include "kernel/plugin/bindings.hpp"
#include "kernel/plugin/call_context.hpp"
#include "kernel/plugin/catalogue.hpp"

#include <cinnabar/domain_plugin.hpp>
#include <cinnabar/package/views.hpp>
#include <cinnabar/services/kernel.hpp>

namespace cinnabar::kernel {

namespace {

using namespace package;

class KernelPlugins final : public DomainPlugin, public Bindings {
 public:
  using Interfaces = Provides<Domain, Bindings>;

  KernelPlugins(Host& host, PluginHost& plugins) : DomainPlugin(host), plugins_(plugins) {
    permission({"plugin.view", "See the enterprise's plugins", "查看企业插件", false,
                {{"it_administrator"}}});
    permission({"plugin.manage", "Switch and configure plugins", "启停和配置插件", false,
                {{"it_administrator"}}});
    route("GET", "/plugins", "plugin.list", this, &KernelPlugins::list)
        .summary("Lists the installed plugins", "查看已安装的插件")
        .operators();
    route("PUT", "/plugins/{plugin}", "plugin.switch", this, &KernelPlugins::switch_plugin)
        .summary("Switches or configures a plugin for the installation", "启停或配置插件")
        .operators()
        .idempotent()
        .audited();
    route("PUT", "/plugins/{plugin}/versions/{version}", "plugin.exchange", this,
          &KernelPlugins::exchange)
        .summary("Puts an installed version in the place of the one that runs", "切换插件版本")
        .operators();
    route("PUT", "/plugins/{plugin}/offers/{enterprise}", "plugin.offer", this,
          &KernelPlugins::offer)
        .summary("Offers a package to an enterprise, or to all", "向企业开放插件包")
        .operators()
        .idempotent()
        .audited();
    route("GET", "/enterprises/{enterprise}/plugins", "plugin.bindings", this,
          &KernelPlugins::bindings)
        .summary("Lists what an enterprise may switch", "查看企业可启停的插件")
        .of("enterprise")
        .may("plugin.view");
    route("PUT", "/enterprises/{enterprise}/plugins/{kind}/{name}", "plugin.bind", this,
          &KernelPlugins::bind)
        .summary("Switches or configures a plugin for an enterprise", "为企业启停或配置插件")
        .of("enterprise")
        .may("plugin.manage")
        .idempotent()
        .audited();
  }

  Answer<PluginList> list(const Request&) {
    const auto snapshot = plugins_.snapshot("");
    PluginList out;
    for (const PluginStatus& status : plugins_.status())
      out.plugins.push_back(view(status, *snapshot));
    return {std::move(out)};
  }

  Answer<PluginView> switch_plugin(const PluginSwitchBody& in, const Request& request) {
    const std::string& id = request.param("plugin");
    const Manifest* manifest = plugins_.manifest(id);
    if (!manifest) throw Error("plugin.not_found", {{"plugin", id}});
    const auto snapshot = plugins_.snapshot("");
    if (in.config) check_config(*manifest, *in.config);
    if (in.enabled == false) check_dispensable(plugins_, *snapshot, *manifest);
    Answer<PluginView> answer{view_of(id, *snapshot)};
    answer.writes = switch_writes(query_for(request.call), {id, in.enabled, in.config});
    answer.body.enabled = in.enabled.value_or(answer.body.enabled);
    return answer;
  }

  // Commits by itself: the record of it and the exchange are one act.
  Answer<PluginView> exchange(const Request& request) {
    const std::string &id = request.param("plugin"), &version = request.param("version");
    plugins_.exchange(id, version, [&](const Manifest& manifest, bool first) {
      Commit commit;
      commit.writes = admission_writes(query_for(request.call), manifest, first);
      commit.trace = request.call.trace();
      commit.audit = AuditRecord{request.http.route,        request.subject().person,
                                 request.subject().owner(), id + " " + version,
                                 request.http.address,      200};
      return commit;
    });
    return {view_of(id, *plugins_.snapshot(""))};
  }

  Answer<OfferView> offer(const OfferBody& in, const Request& request) {
    const std::string& id = request.param("plugin");
    const Manifest* manifest = plugins_.manifest(id);
    if (!manifest || !plugins_.is_package(*manifest))
      throw Error("plugin.not_found", {{"plugin", id}});
    const QueryRows query = query_for(request.call);
    std::string owner = request.param("enterprise");
    if (owner == "all")
      owner.clear();
    else
      check_enterprise(query, owner);
    Answer<OfferView> answer;
    answer.writes = offer_writes(query, *manifest, owner, in.offered);
    auto owners = package::read_catalogue(query).offers[id];
    if (in.offered)
      owners.insert(owner);
    else
      owners.erase(owner);
    for (const std::string& one : owners)
      answer.body.enterprises.push_back(one.empty() ? "all" : one);
    return answer;
  }

  Answer<BindingList> bindings(const Request& request) {
    const auto snapshot = plugins_.snapshot(request.object().id);
    BindingList out;
    for (const Provider* provider : plugins_.providers())
      if (provider->scoped_to_enterprise) out.plugins.push_back(view(*provider, *snapshot));
    return {std::move(out)};
  }

  Answer<BindingView> bind(const BindingBody& in, const Request& request) {
    const std::string& enterprise = request.object().id;
    const Provider& provider =
        find_switchable(plugins_, enterprise, request.param("kind"), request.param("name"));
    const auto snapshot = plugins_.snapshot(enterprise);
    if (in.config) check_config(*provider.manifest, *in.config);
    if (in.enabled == false) check_dispensable(plugins_, *snapshot, provider);
    const QueryRows query = query_for(request.call);
    if (in.enabled == true) check_admitted(query, *provider.manifest);
    if (in.enabled == true && plugins_.is_package(*provider.manifest))
      check_available(query, provider.manifest->id, enterprise);
    Answer<BindingView> answer;
    answer.writes = binding_writes(query, {enterprise, provider.interface_id, provider.name,
                                           in.enabled, in.position, in.config});
    answer.body = view(provider, *snapshot);
    answer.body.enabled = in.enabled.value_or(answer.body.enabled);
    if (!answer.body.enabled) answer.body.position.reset();
    if (in.config)
      answer.body.config = without_secrets(provider.manifest->config, to_json(*in.config));
    return answer;
  }

  BindingNames names(const BindingsRequest& request, const Call& call) override {
    CallContext* context = CallContext::of(call.raw());
    const auto snapshot =
        context ? context->snapshot(call.owner()) : plugins_.snapshot(call.owner());
    return {snapshot->names(request.interface_id), snapshot->epoch()};
  }

 private:
  QueryRows query_for(const Call& call) const {
    return [this, &call](std::string_view sql, const std::vector<Json>& params) {
      return host().query(call, sql, params);
    };
  }

  PluginView view_of(const std::string& id, const Snapshot& installation) const {
    for (const PluginStatus& status : plugins_.status())
      if (status.id == id) return view(status, installation);
    return {};
  }

  static PluginView view(const PluginStatus& status, const Snapshot& installation) {
    PluginView out;
    out.id = status.id;
    out.version = status.version;
    out.state = status.state;
    out.reason = status.reason;
    out.trust = status.trust.trust;
    out.publisher = status.trust.publisher;
    if (!status.manifest) return out;
    out.enabled = installation.plugin_enabled(status.id);
    describe_manifest(*status.manifest, out);
    return out;
  }

  static BindingView view(const Provider& provider, const Snapshot& snapshot) {
    BindingView out;
    out.kind = kind_of(provider.interface_id);
    out.name = provider.name;
    out.interface_id = provider.interface_id;
    out.plugin = provider.manifest->id;
    out.title = provider.manifest->title;
    const Binding* binding = snapshot.find(provider.interface_id, provider.name);
    out.enabled = binding != nullptr;
    out.config_schema = provider.manifest->config;
    if (!binding) return out;
    out.config = without_secrets(provider.manifest->config, binding->config);
    const auto names = snapshot.names(provider.interface_id);
    for (std::size_t i = 0; i < names.size(); ++i)
      if (names[i] == provider.name) out.position = static_cast<int>(i) + 1;
    return out;
  }

  PluginHost& plugins_;
};

}  // namespace

void add_kernel_plugins(PluginHost& host) {
  Manifest manifest;
  manifest.id = "cinnabar.kernel-plugins";
  manifest.version = "1.0.0";
  manifest.title = "Plugins and their bindings";
  manifest.author = "Cinnabar";
  manifest.status = "stable";
  manifest.provides = {{"cinnabar.domain/1", "kernel-plugins"}, {"cinnabar.bindings/1", "kernel"}};
  manifest.permissions = {"database"};
  manifest.table_prefix = "kernel_";
  host.add_builtin(std::move(manifest), builtin<KernelPlugins>([&host](Host& own) {
                     return std::make_unique<KernelPlugins>(own, host);
                   }));
}

}  // namespace cinnabar::kernel
