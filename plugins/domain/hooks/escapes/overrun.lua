--- while
while true do end
--- repeat
repeat until false
--- goto
::top:: goto top
--- for without an end
for i = 1, math.huge do end
--- for over the greatest integers
for i = math.mininteger, math.maxinteger do end
--- for that would wrap around
for i = math.maxinteger - 1, math.maxinteger do while true do end end
--- numeric for with a tiny step
for i = 0, 1, 1e-300 do end
--- ipairs over a table that always has one more
for i in ipairs(setmetatable({}, { __index = function(t, i) return i end })) do end
--- a pcall loop
while true do pcall(function() while true do end end) end
--- a pcall in a pcall
local function f() pcall(f) return f() end f()
--- a pcall that catches the limit
pcall(function() while true do end end) pcall(function() while true do end end) return allow {}
--- an xpcall whose handler loops
xpcall(function() while true do end end, function() while true do end end)
--- an xpcall whose handler raises for ever
while true do xpcall(error, function() error("again") end) end
--- errors as objects with __tostring that loops
error(setmetatable({}, { __tostring = function() while true do end end })) while true do end
--- tostring of a table whose __tostring loops
tostring(setmetatable({}, { __tostring = function() while true do end end }))
--- print of it
print(setmetatable({}, { __tostring = function() while true do end end }))
--- __close after the limit
local t <close> = setmetatable({}, { __close = function() while true do end end }) while true do end
--- __close in a loop
while true do local t <close> = setmetatable({}, { __close = function() end }) end
--- __index chains
local t = {} for i = 1, 90 do t = setmetatable({}, { __index = t }) end while true do local x = t.missing end
--- __index that calls itself
local t = setmetatable({}, { __index = function(t, k) return t[k] end }) while true do pcall(function() return t.x end) end
--- __newindex that loops
local t = setmetatable({}, { __newindex = function(t, k, v) while true do end end }) t.x = 1
--- __eq that loops
local m = { __eq = function() while true do end end } local x = setmetatable({}, m) == setmetatable({}, m)
--- __lt in a sort
table.sort({ setmetatable({}, { __lt = function() while true do end end }), setmetatable({}, { __lt = function() while true do end end }) }, function(a, b) while true do end end)
--- __concat that loops
local x = setmetatable({}, { __concat = function() while true do end end }) .. "x"
--- __len that loops
local x = #setmetatable({}, { __len = function() while true do end end })
--- __call that loops
setmetatable({}, { __call = function() while true do end end })()
--- __pairs that loops
for _ in pairs(setmetatable({}, { __pairs = function() return function() return 1 end end })) do end
--- a comparator that is never content
local t = {} for i = 1, 20000 do t[i] = i % 7 end while true do pcall(table.sort, t, function() return true end) end
--- a comparator that changes the table
local t = {} for i = 1, 2000 do t[i] = i end while true do pcall(table.sort, t, function(a, b) t[#t + 1] = 1 return a < b end) end
--- a sort of the worst order, again and again
local t = {} for i = 1, 50000 do t[i] = i end while true do table.sort(t, function(a, b) return a > b end) table.sort(t) end
--- string.rep of the greatest length
string.rep("x", 1 << 62)
--- string.rep of nothing, for ever
string.rep("", 1 << 62) while true do end
--- string.rep with a separator
string.rep("", 1 << 40, "x")
--- doubling
local s = "x" while true do s = s .. s end
--- many small texts
local t = {} local i = 0 while true do i = i + 1 t[i] = "text " .. i end
--- many tables
local t = {} while true do t = { t } end
--- one table with many items
local t, i = {}, 0 while true do i = i + 1 t[i] = i end
--- one table with many keys
local t, i = {}, 0 while true do i = i + 1 t["k" .. i] = true end
--- a table made for the greatest length
local t = {} for i = 1, 1 << 40 do t[i] = 0 end
--- table.move of the greatest length
table.move({}, 1, 1 << 40, 2)
--- table.move over itself
local t = { 1 } table.move(t, 1, math.maxinteger - 1, 1) while true do end
--- table.concat of a lying length
table.concat(setmetatable({}, { __len = function() return 1 << 40 end }), "x", 1, 1 << 40) while true do end
--- table.concat of many
local t = {} for i = 1, 4000 do t[i] = ("x"):rep(200) end while true do local s = table.concat(t) end
--- table.insert at the front, for ever
local t = {} while true do table.insert(t, 1, 0) end
--- table.remove at the front, for ever
local t = {} for i = 1, 20000 do t[i] = i end while true do table.insert(t, table.remove(t, 1)) end
--- table.unpack of many
while true do local a = select("#", table.unpack({}, 1, 200)) end
--- select of many
local function f(...) while true do local x = select(-1, ...) end end f(table.unpack({}, 1, 200))
--- a pattern of many options
string.find(("a"):rep(60), ("a?"):rep(60) .. ("a"):rep(60)) while true do end
--- a pattern of nested repetition
string.find(("a"):rep(3000), ".-.-.-.-.-.-.-.-b")
--- a pattern with many captures
while true do ("abcdefgh"):find("(.)(.)(.)(.)(.)(.)(.)(.)") end
--- gsub over much
local s = ("x"):rep(500000) while true do s:gsub("x", "y") end
--- gsub with a function that loops
("x"):gsub("x", function() while true do end end)
--- gsub that grows
local s = "x" while true do s = s:gsub(".", "%0%0") end
--- gmatch for ever
for _ in ("x"):rep(100000):gmatch(".") do for _ in ("y"):rep(1000):gmatch(".") do end end while true do end
--- %b over much
string.find(("("):rep(200000), "%b()") while true do ("("):rep(20000):find("%b()") end
--- plain find over much
local s, p = ("a"):rep(500000), ("a"):rep(2000) .. "b" while true do s:find(p, 1, true) end
--- string.format of much
while true do string.format("%99.99f", 1e308) end
--- string.format %q of much
local s = ("\0"):rep(200000) while true do string.format("%q", s) end
--- string.pack of much
local s = ("x"):rep(100000) while true do string.pack("z", s) end
--- string.pack with padding
while true do pcall(string.pack, "!16" .. ("Xi16"):rep(1000)) end
--- string.byte of much
local s = ("x"):rep(200) while true do s:byte(1, -1) end
--- upper and lower of much
local s = ("x"):rep(1000000) while true do s:upper() end
--- reverse of much
local s = ("x"):rep(1000000) while true do s:reverse() end
--- sub of much
local s = ("x"):rep(1000000) while true do local a = s:sub(2) end
--- tonumber of much
local s = ("1"):rep(200000) while true do tonumber(s) end
--- utf8.len of much
local s = ("签"):rep(100000) while true do utf8.len(s) end
--- utf8.offset of much
local s = ("签"):rep(100000) while true do utf8.offset(s, 90000) end
--- utf8.codes of much
local s = ("签"):rep(1000) while true do for _ in utf8.codes(s) do end end
--- comparing long texts
local a, b = ("x"):rep(500000) .. "a", ("x"):rep(500000) .. "b" while true do local c = a < b end
--- equality of long texts
local a, b = ("x"):rep(500000) .. "a", ("x"):rep(500000) .. "a" while true do local c = a == b end
--- concatenation of numbers
local s = "" while true do s = s .. 1 .. 2 .. 3 .. 1.5 end
--- arithmetic on texts
while true do local x = "10" + "0x10" end
--- recursion
local function f() return 1 + f() end while true do pcall(f) end
--- recursion through metamethods
local m = {} m.__index = function(t, k) return setmetatable({}, m)[k] end while true do pcall(function() return setmetatable({}, m).x end) end
--- recursion through pcall
local function f() pcall(f) end while true do f() end
--- recursion through a comparator
local function f() table.sort({ 1, 2, 3 }, function() f() return false end) end while true do pcall(f) end
--- recursion through gsub
local function f() ("x"):gsub("x", f) end while true do pcall(f) end
--- recursion through tostring
local m = {} m.__tostring = function() return tostring(setmetatable({}, m)) end while true do pcall(tostring, setmetatable({}, m)) end
--- tail calls for ever
local function f() return f() end f()
--- next in a table that changes
local t = { 1 } while true do for k in pairs(t) do t[k] = nil t[k + 1] = 1 break end end
--- next in an emptied large table
local t = {} for i = 1, 100000 do t[i] = i end for i = 1, 99999 do t[i] = nil end while true do next(t) end
--- length of a table with holes
local t = {} for i = 1, 100000 do t[i] = i end while true do local n = #t end
--- rawlen and rawequal for ever
local t = {} while true do rawlen(t) rawequal(t, t) end
--- setmetatable for ever
while true do setmetatable({}, { __index = {} }) end
--- math for ever
while true do math.floor(math.sin(1.5)) end
--- random for ever
while true do math.random(1 << 62) end
--- date for ever
while true do date(ctx.now, 8) end
--- print for ever
while true do print("x") end
--- print of much
local s = ("x"):rep(1000000) while true do print(s) end
--- deny for ever
while true do deny("a", "b") end
--- allow for ever
while true do allow { set = { ["/x"] = 1 } } end
--- json.encode of much
local t = {} for i = 1, 5000 do t[i] = i end while true do json.encode(t) end
--- json.decode of much
local s = "[" .. ("1,"):rep(20000) .. "1]" while true do json.decode(s) end
--- json.decode of something deep
local s = ("["):rep(100000) while true do json.decode(s) end
--- hash.sha256 of much
local s = ("x"):rep(1000000) while true do hash.sha256(s) end
--- hash.hmac_sha256 of much
local s = ("x"):rep(1000000) while true do hash.hmac_sha256(s, s) end
--- parse_time of much
local s = ("2026-01-30T10:00:00Z"):rep(10000) while true do parse_time(s) end
--- string methods through a changed table
string.rep = nil local s = "x" while true do s = s .. s end
--- upvalues and closures for ever
local t = {} while true do local i = #t t[i + 1] = function() return i end end
--- integer division and modulo of extremes
while true do local a = math.mininteger // -1 local b = math.mininteger % -1 end
--- arithmetic on a long text
local s = ("1"):rep(1000000) while true do local x = s + 1 end
--- bits of a long text
local s = ("1"):rep(1000000) while true do local x = s | 1 end
--- a long text as an argument that is a number
local s = "0x" .. ("f"):rep(1000000) while true do pcall(select, s) pcall(string.sub, "x", s) end
--- a long text as a number in floor
local s = ("1"):rep(1000000) while true do pcall(math.floor, s) end
--- a long key above many items
local t = {} for i = 1, 9000 do t[i] = i end while true do json.encode({ [("k"):rep(120000)] = t }) end
--- long keys in each other
local t = {} for i = 1, 3000 do t[i] = i end for i = 1, 12 do t = { [("k"):rep(10000) .. i] = t } end while true do json.encode(t) end
--- json of one long text
local t = { ("签"):rep(80000) } while true do json.encode(t) end
--- json with many members of one name
local s = "{" .. ('"a":1,'):rep(30000) .. '"a":1}' while true do json.decode(s) end
--- json of long numbers
local s = "[" .. ("1"):rep(200000) .. "]" while true do json.decode(s) end
--- collation of long texts
local a, b = ("é"):rep(400000) .. "a", ("é"):rep(400000) .. "b" while true do local c = a < b end
--- a table of long texts as keys
local t, s = {}, ("x"):rep(100000) while true do t[s .. #t] = true end
--- concatenation of many long operands
local s = ("x"):rep(100000) while true do local x = s .. s .. s .. s .. s .. s .. s .. s end
--- format of many long texts
local s = ("x"):rep(100000) while true do string.format("%s%s%s%s%s%s%s", s, s, s, s, s, s, s) end
--- utf8.char of many
while true do utf8.char(table.unpack({ 0x10ffff, 0x10ffff, 0x10ffff }, 1, 3)) end
--- gsub with a table of tables
while true do pcall(string.gsub, ("x"):rep(1000), "x", { x = {} }) end
--- string.char of many
local t = {} for i = 1, 200 do t[i] = 65 end while true do string.char(table.unpack(t)) end
--- a sort whose comparator sorts
local function sort(n) local t = {} for i = 1, 50 do t[i] = i % n end table.sort(t, function(a, b) if n < 40 then sort(n + 1) end return a < b end) end while true do pcall(sort, 1) end
--- table.remove with a lying length
while true do pcall(table.remove, setmetatable({}, { __len = function() return 1 << 62 end })) end
