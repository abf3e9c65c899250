-- Who may be added as an employee: numbers of mainland China only, and administrators only by
-- those who are named here.
local may_name_admins = { per_01 = true }

local function check(ctx)
  local mobile = ctx.mobile:gsub("^%+?86", "")
  if not mobile:find("^1[3-9]%d%d%d%d%d%d%d%d%d$") then
    return deny("mobile_not_ours", "仅可添加中国大陆手机号。")
  end
  if ctx.admin and not may_name_admins[ctx.person] then
    return deny("no_more_admins", "您无权添加管理员。")
  end
end

return { api = 1, hooks = { ["enterprise.before_join"] = check } }
