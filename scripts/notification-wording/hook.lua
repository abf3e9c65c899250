-- Our own words for those whose turn it is: with the name of the contract first, and whom to ask.
local hotline = "0755-8888 6666"

local titles = {
  ["contract.sign_turn"] = "请签署",
  ["contract.fill_turn"] = "请填写",
  ["contract.expiring"] = "即将截止",
}

local function words(ctx)
  local title = titles[ctx.kind]
  local name = ctx.data and ctx.data.name
  if not title or type(name) ~= "string" then
    return
  end
  return allow {
    set = {
      ["/title"] = title .. "：" .. name:sub(1, utf8.offset(name, 41) and utf8.offset(name, 41) - 1 or #name),
      ["/text"] = ctx.text .. "如有疑问请致电 " .. hotline .. "。",
    },
  }
end

return { api = 1, hooks = { ["notification.before_notify"] = words } }
