-- Above an amount, who drafted a contract may not sign it for the enterprise as well.
local limit = 50000 -- yuan

local function check(ctx)
  local contract = ctx.contract
  -- An amount that cannot be read may be any.
  local printed = contract.values and contract.values.amount
  local high = (contract.amount or 0) >= limit or (contract.amount == nil and printed ~= nil)
  if not high or ctx.person ~= contract.initiator then
    return
  end
  for _, party in ipairs(contract.parties) do
    if party.id == ctx.party and party.kind == "enterprise" then
      return deny("two_persons", "该金额的合同须由发起人以外的人员签署。")
    end
  end
end

return { api = 1, hooks = { ["contract.before_sign"] = check } }
