--- a change before the limit
local d = allow { set = { ["/name"] = "x" } } while true do end return d
--- a change caught before the limit
local d = allow { set = { ["/name"] = "x" } } pcall(function() while true do end end) return d
--- a denial before the limit
deny("a", "b") while true do end
--- a denial caught before the limit
deny("a", "b") pcall(function() while true do end end) return
--- a command before the limit
local d = allow { commands = { { name = "notify", arguments = {} } } } pcall(function() while true do end end) return d
--- a decision made in a handler
xpcall(function() while true do end end, function() deny("a", "b") end)
--- a decision made while closing
local t <close> = setmetatable({}, { __close = function() deny("a", "b") end }) while true do end
--- a decision returned while closing
local function f() local t <close> = setmetatable({}, { __close = function() return allow {} end }) while true do end end
local ok, d = pcall(f) return allow { set = { ["/name"] = "x" } }
--- a decision in a metamethod after the limit
local t = setmetatable({}, { __index = function() deny("a", "b") end }) pcall(function() while true do end end) return t.x
--- memory before a decision
local t = {} pcall(function() while true do t[#t + 1] = ("x"):rep(1000) .. #t end end) t = nil return allow { set = { ["/name"] = "x" } }
--- a long text before a decision
pcall(string.rep, "x", 1 << 40) return allow { set = { ["/name"] = "x" } }
--- a long pattern before a decision
pcall(string.find, ("a"):rep(5000), ".-.-.-.-.-b") return deny("a", "b")
--- an answer that is too large
local t = {} for i = 1, 200 do t["k" .. i] = ("x"):rep(2000) end return allow { set = { ["/name"] = t } }
--- an answer that is too large, by its commands
local t = {} for i = 1, 300 do t[i] = { name = "notify", arguments = { x = ("y"):rep(1000) } } end return allow { commands = t }
--- a limit broken while the answer is read
return allow { set = setmetatable({ ["/name"] = ("x"):rep(300000) }, {}) }
