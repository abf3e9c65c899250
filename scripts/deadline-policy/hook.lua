-- Deadlines are at most two weeks away and at the end of a working day.
local zone = 8 -- hours east of Greenwich
local most_days = 14
local day = 24 * 60 * 60 * 1000
local last_hour = 18

-- The end of the day that an instant lies in.
local function end_of_day(ms)
  local calendar = date(ms, zone)
  local midnight = ms - ((calendar.hour * 60 + calendar.minute) * 60 + calendar.second) * 1000 - ms % 1000
  return midnight + last_hour * 60 * 60 * 1000
end

local function shorten(ctx)
  local given = parse_time(ctx.contract.deadline)
  local latest = end_of_day(ctx.now + most_days * day)
  if given and given <= latest then
    return allow {}
  end
  return allow { set = { ["/contract/deadline"] = format_time(latest) } }
end

return { api = 1, hooks = { ["contract.before_initiate"] = shorten } }
