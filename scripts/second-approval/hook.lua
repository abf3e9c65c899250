-- Above an amount somebody besides the initiator must have agreed: data.approved_by of the draft
-- holds that person's id. Three levels; each one needs more approvals than the one below it.
local levels = { -- from so many yuan on, so many
  { amount = 100000, approvals = 1 },
  { amount = 1000000, approvals = 2 },
}

local function others(ctx)
  local data = ctx.contract.data
  local given = type(data) == "table" and data.approved_by or {}
  if type(given) == "string" then
    given = { given }
  end
  local seen, count = { [ctx.contract.initiator] = true }, 0
  for _, person in ipairs(given) do
    if type(person) == "string" and not seen[person] then
      seen[person] = true
      count = count + 1
    end
  end
  return count
end

local function check(ctx)
  local needed = 0
  for _, level in ipairs(levels) do
    if (ctx.contract.amount or 0) >= level.amount then
      needed = level.approvals
    end
  end
  local given = others(ctx)
  if given < needed then
    return deny("approval_missing", string.format("该金额需要 %d 人同意，目前 %d 人，请填写 approved_by。", needed, given))
  end
end

return { api = 1, hooks = { ["contract.before_send"] = check } }
