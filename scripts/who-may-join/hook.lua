-- Who may be added as an employee: numbers of mainland China only, and with a role from the start
-- only by those who are named here.
local may_give_roles = { per_01 = true }

local function check(ctx)
  local mobile = ctx.mobile:gsub("^%+?86", "")
  if not mobile:find("^1[3-9]%d%d%d%d%d%d%d%d%d$") then
    return deny("mobile_not_ours", "仅可添加中国大陆手机号。")
  end
  if #ctx.roles > 0 and not may_give_roles[ctx.person] then
    return deny("no_roles_yet", "您无权为新员工分配角色。")
  end
end

return { api = 1, hooks = { ["enterprise.before_join"] = check } }
