-- Gives every draft a name of one form: department, name, date. The date is that of the draft.
--
-- ctx.contract.data.department of the draft says whose contract it is; without it the rule refuses.
local zone = 8 -- hours east of Greenwich
local longest = 200 -- characters of a name

local function name_it(ctx)
  local data = ctx.contract.data
  local department = type(data) == "table" and data.department
  if type(department) ~= "string" or department:match("^%s*$") then
    return deny("department_missing", "请在自定义数据 department 中填写部门。")
  end
  if ctx.contract.name:find("^%[") then
    return allow {} -- it has its form already
  end
  local now = date(ctx.now, zone)
  local name = string.format("[%s] %s %04d-%02d-%02d", department, ctx.contract.name, now.year, now.month, now.day)
  if utf8.len(name) > longest then
    return deny("name_too_long", "合同名称过长，请缩短。")
  end
  return allow { set = { ["/contract/name"] = name } }
end

return { api = 1, hooks = { ["contract.before_initiate"] = name_it } }
