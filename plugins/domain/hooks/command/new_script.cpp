// cinnabar hook new: a folder that `hook check` and `hook test` find good.
#include "hook_command.hpp"

#include "../fixtures.hpp"

#include <cinnabar/error.hpp>
#include <cinnabar/nearest.hpp>

#include <algorithm>
#include <cstdio>
#include <fstream>

namespace cinnabar::hooks {
namespace {

constexpr const char* kUsualPoint = "contract.before_send";

constexpr const char* kScript = R"(---@type HookBundle
return {
  api = 1,
  hooks = {
    ["@POINT@"] = function(ctx)
      -- Answer nothing to let it pass, or deny(code, text). At a notice a denial has no effect.
      if ctx.blocked then
        return deny("blocked", "已被企业规则拒绝。")
      end
    end,
  },
}
)";
constexpr const char* kPassesIn = R"({"point": "@POINT@", "now": "2026-01-30T10:00:00+08:00",
 "input": {"blocked": false}}
)";
constexpr const char* kPassesOut = R"({"outcome": "allowed"}
)";
constexpr const char* kDeniedIn = R"({"point": "@POINT@", "now": "2026-01-30T10:00:00+08:00",
 "input": {"blocked": true}}
)";
constexpr const char* kDeniedOut = R"({"outcome": "denied", "code": "blocked"}
)";
// Of the Lua language server: what scripts do not have is unknown to the editor as well.
constexpr const char* kEditor = R"({
  "runtime.version": "Lua 5.4",
  "runtime.builtin": {"io": "disable", "os": "disable", "debug": "disable", "package": "disable",
                      "coroutine": "disable", "ffi": "disable", "jit": "disable"},
  "workspace.library": ["meta"]
}
)";

std::string with_point(std::string text, const std::string& point) {
  constexpr std::string_view kMark = "@POINT@";
  for (std::size_t at; (at = text.find(kMark)) != std::string::npos;)
    text.replace(at, kMark.size(), point);
  return text;
}

void write(const std::filesystem::path& path, const std::string& text) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  if (!file) throw Error("hook.file_unwritable", {{"path", path.string()}});
  std::printf("%s\n", path.c_str());
}

}  // namespace

int new_script(const Arguments& arguments, const std::filesystem::path& types) {
  const std::filesystem::path folder = arguments.words[0];
  const std::string annotations = read_script_file(types);
  const auto points = points_in(annotations);
  const std::string asked = arguments.flag("--point");
  const std::string point = asked.empty() ? kUsualPoint : asked;
  if (std::find(points.begin(), points.end(), point) == points.end()) {
    std::fprintf(stderr, "there is no point %s; perhaps %s is meant\n", point.c_str(),
                 nearest(point, points).c_str());
    return kUsageFault;
  }
  if (std::filesystem::exists(folder / "hook.lua")) {
    std::fprintf(stderr, "%s is there already\n", (folder / "hook.lua").c_str());
    return kUsageFault;
  }
  write(folder / "hook.lua", with_point(kScript, point));
  write(folder / "fixtures" / "passes.in.json", with_point(kPassesIn, point));
  write(folder / "fixtures" / "passes.out.json", kPassesOut);
  write(folder / "fixtures" / "denied.in.json", with_point(kDeniedIn, point));
  write(folder / "fixtures" / "denied.out.json", kDeniedOut);
  write(folder / "meta" / "cinnabar.lua", annotations);
  write(folder / ".luarc.json", kEditor);
  return kGood;
}

}  // namespace cinnabar::hooks
