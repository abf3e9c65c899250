-- Tells who sent a contract when it was a large one, and writes why somebody refused.
local limit = 1000000 -- yuan

local function tell(title, text)
  return allow {
    commands = {
      { name = "notify", arguments = { to = "initiator", title = title, text = text } },
    },
  }
end

return {
  api = 1,
  hooks = {
    ["contract.after_send"] = function(ctx)
      if (ctx.contract.amount or 0) >= limit then
        return tell("大额合同已发出", string.format("《%s》金额 %.2f 元，请留意进度。", ctx.contract.name, ctx.contract.amount))
      end
    end,
    ["contract.after_refuse"] = function(ctx)
      return tell("合同被拒签", string.format("《%s》被拒签，理由：%s", ctx.contract.name, ctx.reason or "未填写"))
    end,
  },
}
