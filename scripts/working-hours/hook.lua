-- Lets the enterprise sign and send during working hours only.
local zone = 8 -- hours east of Greenwich
local first_hour, last_hour = 9, 18 -- from 9:00, before 18:00
local last_weekday = 5 -- Monday is 1

local function check(ctx)
  local now = date(ctx.now, zone)
  local open = now.weekday <= last_weekday and now.hour >= first_hour and now.hour < last_hour
  if not open then
    return deny(
      "outside_working_hours",
      string.format("仅可在工作日 %d:00 至 %d:00 办理。", first_hour, last_hour)
    )
  end
end

return {
  api = 1,
  hooks = {
    ["contract.before_send"] = check,
    ["contract.before_sign"] = check,
  },
}
