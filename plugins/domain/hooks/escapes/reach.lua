--- io
if io then leak(io) end
--- os
if os then leak(os) end
--- os by _G
if _G and _G.os then leak(_G.os) end
--- the environment by _ENV
for name, value in pairs(_ENV) do if name == "io" or name == "os" or name == "debug" then leak(name) end end
--- debug
if debug then leak(debug) end
--- package and require
if package or require then leak(package or require) end
--- load
if load or loadstring or loadfile or dofile then leak("load") end
--- collectgarbage
if collectgarbage then leak(collectgarbage("count")) end
--- coroutines, whose hooks are their own
if coroutine then leak(coroutine) end
--- string.dump
if string.dump or ("").dump then leak("dump") end
--- warn
if warn then leak("warn") end
--- newproxy and setfenv of older versions
if newproxy or setfenv or getfenv or unpack or module then leak("5.1") end
--- ffi and jit
if ffi or jit or bit32 then leak("jit") end
--- getenv by another road
local ok, value = pcall(function() return os.getenv("PATH") end) if ok then leak(value) end
--- a file by io.lines
local ok, value = pcall(function() return io.lines("/etc/passwd")() end) if ok then leak(value) end
--- the address of a function by tostring
local s = tostring(print) if s:find("0x") or s:find("%x%x%x%x%x%x") then leak(s) end
--- the address of a table by tostring
local s = tostring({}) if s:find("0x") then leak(s) end
--- the address of the context
local s = tostring(ctx) if s:find("0x") then leak(s) end
--- the address by concatenation with an error message
local ok, e = pcall(function() return {} .. "x" end) if tostring(e):find("0x") then leak(e) end
--- the address by %p
local ok, s = pcall(string.format, "%p", {}) if ok then leak(s) end
--- the address by %p among others
local ok, s = pcall(string.format, "%d %p", 1, print) if ok then leak(s) end
--- the address by %p with a width
local ok, s = pcall(string.format, "%20p", print) if ok then leak(s) end
--- the address by %-5p
local ok, s = pcall(string.format, "%-5p", "text") if ok then leak(s) end
--- the address by %s of a table
local s = string.format("%s", {}) if s:find("0x") then leak(s) end
--- the address by %s of a function
local s = string.format("%10s", print) if s:find("0x") then leak(s) end
--- the address by %q
local ok, s = pcall(string.format, "%q", {}) if ok then leak(s) end
--- the address through __name
local t = setmetatable({}, { __name = "thing" }) if tostring(t):find("0x") then leak(tostring(t)) end
--- the address in an error of a metamethod with __name
local t = setmetatable({}, { __name = "thing" }) local ok, e = pcall(function() return t + 1 end) if tostring(e):find("0x") then leak(e) end
--- the address in a comparison error
local ok, e = pcall(function() return {} < {} end) if tostring(e):find("0x") then leak(e) end
--- the address in error() with a table
local ok, e = pcall(error, {}) if tostring(e):find("0x") then leak(tostring(e)) end
--- the address in assert
local ok, e = pcall(assert, false, {}) if tostring(e):find("0x") then leak(tostring(e)) end
--- the address in print
print(print, {}, ctx)
--- the address by sorting functions
local ok = pcall(table.sort, { print, type, next }) if ok then leak("functions are ordered") end
--- the address by comparing
local ok, r = pcall(function() return print < type end) if ok then leak(r) end
--- the address as a number
if tonumber(tostring(print)) then leak("number") end
--- the address by math.tointeger
if math.tointeger(print) then leak("integer") end
--- the address by the order of next over functions
local a, b = {}, {} for i = 1, 3 do a[print] = 1 a[type] = 2 end
--- the address in string.pack
local ok, s = pcall(string.pack, "j", print) if ok then leak(s) end
--- the metatable of strings
local m = getmetatable("") if m then leak("string metatable") end
--- the metatable of strings by rawget
local ok, m = pcall(rawget, "", "__index") if ok then leak(m) end
--- the metatable of a decision
local m = getmetatable(allow {}) if m then leak("decision metatable") end
--- a forged decision
return { "deny", "x" }
--- a decision with another metatable
local ok = pcall(setmetatable, allow {}, {}) if ok then leak("replaced") end
--- a decision changed by rawset
local d = allow {} rawset(d, 1, "own") return d
--- a decision that holds another kind
local d = allow {} rawset(d, 1, "leak") rawset(d, 2, { text = "x" }) return d
--- __metatable to hide
local ok = pcall(setmetatable, {}, { __metatable = "hidden" }) if ok then leak("hidden") end
--- __gc
local ok = pcall(setmetatable, {}, { __gc = function() end }) if ok then leak("__gc") end
--- __gc added afterwards
local m = {} local t = setmetatable({}, m) m.__gc = function() deny("leak", "gc") end t = nil for i = 1, 1000 do local x = { i } end
--- __gc by the metatable that getmetatable gives
local t = setmetatable({}, {}) getmetatable(t).__gc = function() deny("leak", "gc") end t = nil for i = 1, 1000 do local x = { i } end
--- __mode
local ok = pcall(setmetatable, {}, { __mode = "k" }) if ok then leak("weak") end
--- __mode added afterwards
local m = {} local t = setmetatable({}, m) m.__mode = "k" t[{}] = 1 for i = 1, 1000 do local x = { i } end
--- what a run before left behind in a global
if kept then leak(kept) end kept = "here"
--- what a run before left behind in a library table
if string.kept then leak(string.kept) end string.kept = "here"
--- what a run before left behind in math
if math.kept then leak(math.kept) end math.kept = "here"
--- what a run before left behind in the string methods
if ("").kept then leak("methods") end string.kept = function() return 1 end
--- what a run before left behind in json
if json.kept then leak(json.kept) end json.kept = "here"
--- a changed library function reaches the host
string.format = function() return "own" end table.concat = nil tostring = nil pcall = nil error = nil
--- another enterprise's contract by a made up field
if ctx.other or ctx.tenant or ctx.host or ctx.call then leak("host") end
--- the registry by an index
local ok, r = pcall(function() return ctx[-1001000] end) if ok and r then leak("registry") end
--- an upvalue of allow
local ok, r = pcall(function() return allow.session end) if ok and r then leak(r) end
--- bytecode returned as text
local ok, f = pcall(function() return ("\27Lua"):format() end) if ok and type(f) == "function" then leak("bytecode") end
--- goto into a block that is not there is an error of the compiler
local x <const> = 1 if x ~= 1 then leak("const") end
--- a constant changed by a closure
local ok = pcall(function() local t <close> = setmetatable({}, { __close = function() error("x") end }) end) if ok then leak("close") end
--- the name of a file in a traceback
local ok, e = xpcall(error, function(m) return m end, "x") if tostring(e):find("/") then leak(e) end
--- the name of a file in an error of the library
local ok, e = pcall(string.rep) if tostring(e):find("%.cpp") or tostring(e):find("/") then leak(e) end
--- the clock, which would tell what others do
if os or (ctx.now ~= 42) then leak("clock") end
--- randomness that is not from the request
local a = math.random(1, 1 << 40) if a == 0 then leak(a) end
--- randomseed
if math.randomseed then leak("randomseed") end
--- the memory behind a text by negative positions
local s = ("abc"):sub(-2 ^ 62 // 1, -2 ^ 62 // 1) if s ~= "" then leak(s) end
--- the memory behind a text by byte
local a = ("abc"):byte(4) if a then leak(a) end
--- the memory behind a text by unpack
local ok, v = pcall(string.unpack, "j", "abc") if ok then leak(v) end
--- the memory behind a text by unpack at an offset
local ok, v = pcall(string.unpack, "B", "abc", 2 ^ 62 // 1) if ok then leak(v) end
--- the memory behind a text by unpack of a counted text
local ok, v = pcall(string.unpack, "s8", "\255\255\255\255\255\255\255\127abc") if ok then leak(#v) end
--- the memory behind a text by utf8
local ok, v = pcall(utf8.codepoint, "abc", 4) if ok and v then leak(v) end
--- the memory behind a text by utf8.offset
local ok, v = pcall(utf8.offset, "abc", 1, 2 ^ 62 // 1) if ok and v then leak(v) end
--- the memory behind a pattern by a lone escape
local ok, v = pcall(string.find, "abc", "%") if ok and v then leak(v) end
--- the memory behind a pattern by an open class
local ok, v = pcall(string.find, "abc", "[a") if ok and v then leak(v) end
--- the memory behind a pattern by an open class with an escape
local ok, v = pcall(string.find, "abc", "[%") if ok and v then leak(v) end
--- the memory behind a pattern by a frontier
local ok, v = pcall(string.find, "abc", "%f") if ok and v then leak(v) end
--- the memory behind a pattern by a back reference
local ok, v = pcall(string.find, "abc", "%9") if ok and v then leak(v) end
--- the memory behind a pattern by %b at the end
local ok, v = pcall(string.find, "abc", "%b(") if ok and v then leak(v) end
--- a replacement with a reference that is not there
local ok, v = pcall(string.gsub, "abc", "a", "%9") if ok then leak(v) end
--- a captured position as text
local v = ("abc"):match("()", 10) if v then leak(v) end
--- a format that takes more than it was given
local ok, v = pcall(string.format, "%s %s", "one") if ok then leak(v) end
--- a format with %n
local ok, v = pcall(string.format, "%n", 1) if ok then leak(v) end
--- a format with *
local ok, v = pcall(string.format, "%*d", 5, 1) if ok then leak(v) end
--- a format with a length of its own
local ok, v = pcall(string.format, "%ld %hhn", 5, 1) if ok then leak(v) end
--- select from behind
local ok, v = pcall(select, -5, 1) if ok then leak(v) end
--- table.unpack before the first
local v = table.unpack({ 1 }, 0, 0) if v then leak(v) end
--- json with an object that has a metatable
local v = json.encode(setmetatable({}, { __index = { secret = 1 } })) if v:find("secret") then leak(v) end
--- json of a function
local ok, v = pcall(json.encode, print) if ok then leak(v) end
--- json of itself
local t = {} t.t = t local ok, v = pcall(json.encode, t) if ok then leak(v) end
--- json that is none
local v, why = json.decode("{") if v ~= nil or why:find("/work") then leak(why) end
--- json of numbers that are none
local ok, v = pcall(json.encode, { 0 / 0 }) if ok then leak(v) end
--- a denial from the loading part is not one
local ok = pcall(function() return ctx.deny end) if not ok then leak("deny") end
