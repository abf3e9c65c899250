#include "kernel/lua/hook_errors.hpp"

namespace cinnabar::kernel {

const std::map<std::string, ErrorText>& hook_errors() {
  static const std::map<std::string, ErrorText> kErrors{
      {"hook.denied", {422, "{text}", "{text}"}},
      {"hook.failed",
       {422,
        "The enterprise's script failed at {point} ({kind}: {reason}), so the action is "
        "refused. Have an administrator correct it under hooks/script.",
        "企业脚本在 {point} 处运行失败（{kind}：{reason}），操作被拒绝。请管理员修改脚本。"}},
      {"hook.script_invalid",
       {422, "The script cannot be used: line {line}: {reason}",
        "脚本无法使用：第 {line} 行：{reason}"}},
      {"hook.point_unknown",
       {422,
        "There is no hook point {point}; perhaps {nearest} is meant. GET /api/v1/hook-points "
        "lists them.",
        "没有挂接点 {point}，是否应为 {nearest}？可通过 GET /api/v1/hook-points 查看。"}},
      {"hook.no_script",
       {404, "{enterprise} has no active script. PUT one to hooks/script.",
        "{enterprise} 没有启用的脚本，可通过 PUT hooks/script 设置。"}},
      {"hook.version_not_found",
       {404, "There is no version {hash} of the script. GET hooks/versions lists them.",
        "没有脚本版本 {hash}，可通过 GET hooks/versions 查看。"}},
      {"hook.file_unreadable", {404, "{path} cannot be read.", "无法读取 {path}。"}},
  };
  return kErrors;
}

}  // namespace cinnabar::kernel
