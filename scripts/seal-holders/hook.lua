-- Says who may use which seal. A seal that is not listed may be used by every employee.
local holders = { -- by the seal's name: ids of people
  ["公章"] = { "per_01" },
  ["财务专用章"] = { "per_02", "per_03" },
}

local function check(ctx)
  local allowed = holders[ctx.name]
  if not allowed then
    return
  end
  for _, person in ipairs(allowed) do
    if person == ctx.person then
      return
    end
  end
  return deny("not_seal_holder", string.format("您没有使用“%s”的权限。", ctx.name))
end

return { api = 1, hooks = { ["seal.before_use"] = check } }
