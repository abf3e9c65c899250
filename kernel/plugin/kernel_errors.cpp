#include "kernel/plugin/kernel_errors.hpp"

namespace cinnabar::kernel {

namespace {

using Texts = std::map<std::string, ErrorText>;

Texts plugin_errors() {
  return {
      {"plugin.not_bound",
       {422,
        "{interface} \"{name}\" is not available to {owner}. Choose another one, or have it "
        "switched on under plugins.",
        "{owner} 未启用 {interface} \"{name}\"。请改用其他实现，或在插件设置中启用。"}},
      {"plugin.not_found",
       {404, "There is no plugin {plugin}. GET /api/v1/plugins lists those that there are.",
        "没有插件 {plugin}。可通过 GET /api/v1/plugins 查看。"}},
      {"plugin.provider_not_found",
       {404,
        "There is no {kind} named \"{name}\" that an enterprise may switch. "
        "GET /api/v1/enterprises/{enterprise}/plugins lists those that there are.",
        "没有可由企业启停的 {kind}“{name}”。可通过 GET /api/v1/enterprises/{enterprise}/plugins "
        "查看。"}},
      {"plugin.required",
       {409, "{plugin} cannot be switched off: {by} needs it. Switch that off first.",
        "不能停用 {plugin}：{by} 依赖它。请先停用后者。"}},
      {"plugin.required_by_kernel",
       {409, "{plugin} cannot be switched off: the kernel itself needs it.",
        "不能停用 {plugin}：内核依赖它。"}},
      {"plugin.not_admitted",
       {409,
        "{plugin} is switched off for the whole installation; only its operators can change "
        "that.",
        "{plugin} 已在整个系统停用，只有运营人员可以启用。"}},
      {"plugin.config_invalid",
       {422, "The configuration of {plugin} is wrong at {place}: it {reason}.",
        "插件 {plugin} 的配置有误，位置 {place}：{reason}。"}},
      {"plugin.not_installed",
       {404, "There is no usable plugin {plugin}; cinnabar plugin list shows what there is.",
        "没有可用的插件 {plugin}；请用 cinnabar plugin list 查看。"}},
      {"plugin.no_enterprise",
       {404, "There is no enterprise {enterprise} in this data folder.",
        "数据目录中没有企业 {enterprise}。"}},
      {"plugin.not_for_enterprises",
       {422, "{plugin} is not for single enterprises to switch; leave --enterprise out.",
        "{plugin} 不能按企业启停，请去掉 --enterprise。"}},
      {"plugin.no_database",
       {500, "The database driver {driver} is not usable; cinnabar plugin list says why.",
        "数据库驱动 {driver} 不可用；请用 cinnabar plugin list 查看原因。"}},
      {"plugin.refused", {500, "The plugin is not used: {reason}", "插件未启用：{reason}"}},
      {"plugin.manifest_invalid",
       {500, "{file} is not a valid manifest: {reason}", "{file} 不是有效的插件清单：{reason}"}},
      {"plugin.permission_missing",
       {500, "{plugin} uses {permission}, which its plugin.json does not ask for.",
        "{plugin} 使用了清单中未声明的权限 {permission}。"}},
      {"plugin.method_unknown",
       {500, "{plugin} does not know the method {method} of {interface}. Use versions that fit.",
        "插件 {plugin} 不支持 {interface} 的方法 {method}，请使用匹配的版本。"}},
      {"plugin.call_loop",
       {500, "The request made too many or too deep service calls, last to {interface}.",
        "请求的服务调用次数过多或层次过深，最后一次为 {interface}。"}},
      {"plugin.host_not_ready",
       {503, "The server is still starting; try again in a moment.", "服务正在启动，请稍后重试。"}},
  };
}

Texts worker_errors() {
  return {
      {"worker.timeout",
       {422,
        "The work took longer than {seconds} seconds in {plugin} and was stopped. Use a "
        "smaller or simpler document.",
        "{plugin} 处理超过 {seconds} 秒，已停止。请使用更小或更简单的文件。"}},
      {"worker.memory",
       {422,
        "The work needed more memory than {plugin} may have and was stopped. Use a smaller or "
        "simpler document.",
        "{plugin} 处理所需内存超出限制，已停止。请使用更小或更简单的文件。"}},
      {"worker.crashed",
       {422,
        "{plugin} could not process this input and was stopped. The input is probably damaged.",
        "{plugin} 无法处理该输入，已停止。文件可能已损坏。"}},
      {"worker.unavailable",
       {503, "{plugin} is not running at the moment; try again in a moment.",
        "{plugin} 暂时不可用，请稍后重试。"}},
      {"worker.busy",
       {503, "All workers of {plugin} are busy; try again in a moment.",
        "{plugin} 繁忙，请稍后重试。"}},
  };
}

}  // namespace

const Texts& door_errors() {
  static const Texts kErrors = [] {
    Texts all = plugin_errors();
    all.merge(worker_errors());
    return all;
  }();
  return kErrors;
}

}  // namespace cinnabar::kernel
