-- Refuses to send contracts above an amount, unless the draft names who agreed to it.
--
-- ctx.contract.amount is data.amount of the draft, or the value of a control named "amount".
local limit = 100000 -- yuan

local function check(ctx)
  local amount = ctx.contract.amount
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
