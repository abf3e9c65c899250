-- At night no SMS: what is not urgent goes over the other channels that we have.
local zone = 8 -- hours east of Greenwich
local from_hour, to_hour = 22, 8
local loud = { sms = true }

local function choose(ctx)
  local hour = date(ctx.now, zone).hour
  if hour >= to_hour and hour < from_hour then
    return
  end
  local quiet = {}
  for _, channel in ipairs(ctx.channels) do
    if not loud[channel] then
      quiet[#quiet + 1] = channel
    end
  end
  if #quiet > 0 then -- never without any
    return allow { set = { ["/channels"] = quiet } }
  end
end

return { api = 1, hooks = { ["notification.before_deliver"] = choose } }
