-- Refuses to send contracts above an amount, unless the draft names who agreed to it.
--
-- ctx.contract.amount is what a control named "amount" prints, else data.amount of the draft. Where
-- the control holds no number there is none, and nobody can say that it is below the limit.
local limit = 100000 -- yuan

local function check(ctx)
  local amount = ctx.contract.amount
  local printed = ctx.contract.values and ctx.contract.values.amount
  if amount == nil and printed ~= nil and printed ~= "" then
    return deny("amount_unreadable", "合同金额不是数字，无法核对限额，请填写阿拉伯数字。")
  end
  if amount == nil or amount <= limit then
    return allow {}
  end
  local data = ctx.contract.data
  if type(data) == "table" and data.agreed_by then
    return allow {}
  end
  return deny(
    "amount_limit",
    string.format("合同金额 %.2f 元超过 %d 元的限额，请先取得同意并填写 agreed_by。", amount, limit)
  )
end

return { api = 1, hooks = { ["contract.before_send"] = check } }
