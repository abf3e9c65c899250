-- Nothing goes out and nothing is sealed on some days: stocktaking, holidays, the end of a year.
local zone = 8 -- hours east of Greenwich
local closed = {
  ["2026-02-17"] = "春节",
  ["2026-10-01"] = "国庆节",
  ["2026-12-31"] = "年终结算",
}

local function check(ctx)
  local now = date(ctx.now, zone)
  local why = closed[string.format("%04d-%02d-%02d", now.year, now.month, now.day)]
  if why then
    return deny("closed_today", "今日（" .. why .. "）暂停办理。")
  end
end

return { api = 1, hooks = { ["contract.before_send"] = check, ["seal.before_use"] = check } }
