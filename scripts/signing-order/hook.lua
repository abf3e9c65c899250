-- Contracts of some kinds are signed by us last, after everybody else.
--
-- data.kind of the draft says which kind it is; ours is the party with our own name.
local ours = "晨光科技有限公司"
local last_in = { loan = true, employment = true }

local function check(ctx)
  local data = ctx.contract.data
  if type(data) ~= "table" or not last_in[data.kind] then
    return
  end
  if ctx.contract.order ~= "sequential" then
    return deny("order_needed", "此类合同须按顺序签署。")
  end
  local own, others = nil, 0
  for _, party in ipairs(ctx.contract.parties) do
    if party.enterprise_name == ours then
      own = party.position
    else
      others = math.max(others, party.position)
    end
  end
  if own and own <= others then
    return deny("we_sign_last", "此类合同须由我方最后签署，请调整顺序。")
  end
end

return { api = 1, hooks = { ["contract.before_send"] = check } }
