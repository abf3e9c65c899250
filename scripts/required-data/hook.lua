-- Asks for custom data before a contract goes out, and stamps what was checked into the watermark.
--
-- Each entry: the member of the draft's `data`, what to call it, and a pattern that it must match.
local required = {
  { name = "project", label = "项目编号", pattern = "^P%d%d%d%d%-%d+$" },
  { name = "department", label = "部门", pattern = "%S" },
}

local function missing(data)
  for _, field in ipairs(required) do
    local value = type(data) == "table" and data[field.name]
    if type(value) ~= "string" or not value:find(field.pattern) then
      return field
    end
  end
end

local function check(ctx)
  local field = missing(ctx.contract.data)
  if field then
    return deny("data_required", "请填写“" .. field.label .. "”（" .. field.name .. "）。")
  end
  if ctx.contract.watermark == "" then
    return allow { set = { ["/contract/watermark"] = ctx.contract.data.project } }
  end
end

return { api = 1, hooks = { ["contract.before_send"] = check } }
