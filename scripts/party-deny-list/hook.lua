-- Refuses contracts with parties that the enterprise does not deal with.
--
-- Names are compared without spaces, full-width ones included, and without regard to the case of
-- Latin letters; an entry also matches as part of a longer name ("某某集团" matches "某某集团上海分公司").
local denied = {
  "失信贸易",
  "Acme Holdings",
}

local function plain(name)
  return (name:gsub("%s", ""):gsub("\u{3000}", ""):lower())
end

local function denied_entry(name)
  for _, entry in ipairs(denied) do
    if plain(name):find(plain(entry), 1, true) then
      return entry
    end
  end
end

local function check(ctx)
  for _, party in ipairs(ctx.contract.parties) do
    local name = party.kind == "enterprise" and party.enterprise_name or party.name
    if denied_entry(name or "") then
      return deny("party_denied", "“" .. name .. "”在禁止签约名单中，不能发起合同。")
    end
  end
end

return {
  api = 1,
  hooks = {
    ["contract.before_initiate"] = check,
    ["contract.before_send"] = check,
  },
}
