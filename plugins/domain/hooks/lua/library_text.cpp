// What a pure function needs besides Lua's own: JSON, digests and times, all of given values.
#include "convert.hpp"
#include "library.hpp"

#include <cinnabar/bytes.hpp>
#include <cinnabar/json.hpp>

#include <openssl/evp.h>
#include <openssl/hmac.h>

namespace cinnabar::lua {
namespace {

// A byte of JSON or of what is hashed costs so much of a step.
constexpr std::int64_t kBytesPerStep = 2;

std::string_view text_argument(lua_State* state, int index) {
  std::size_t size = 0;
  const char* text = luaL_checklstring(state, index, &size);
  Budget::of(state).charge(1 + static_cast<std::int64_t>(size) / kBytesPerStep);
  return {text, size};
}

int push_text(lua_State* state, const std::string& text) {
  Budget::of(state).check_string(text.size());
  lua_pushlstring(state, text.data(), text.size());
  return 1;
}

// json.decode(text): the value; nil and why, if it is none.
int decode_json(lua_State* state) {
  const std::string_view text = text_argument(state, 1);
  // While it is read it lies outside of the state, where the limit of memory does not see it.
  if (static_cast<std::int64_t>(text.size()) > Budget::of(state).limits().output_size)
    return luaL_error(state, "json.decode: the text is too long");
  std::string why;
  Json value;
  try {
    value = from_json<Json>(text);
    why = input_fault(value);
  } catch (const Error& error) {  // no exception but Lua's own may pass through Lua
    why = error.what();
  }
  if (why.empty()) {
    push_json(state, value);
    return 1;
  }
  lua_pushnil(state);
  push_text(state, why);
  return 2;
}

int encode_json(lua_State* state) {
  luaL_checkany(state, 1);
  return push_text(state, to_json(Reader(state).read(1, "json.encode: the value")));
}

int sha256(lua_State* state) {
  const std::string_view text = text_argument(state, 1);
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  if (EVP_Digest(text.data(), text.size(), digest, &size, EVP_sha256(), nullptr) != 1)
    return luaL_error(state, "hash.sha256: no digest could be made");
  return push_text(state, to_hex({reinterpret_cast<const char*>(digest), size}));
}

int hmac_sha256(lua_State* state) {
  const std::string_view key = text_argument(state, 1);
  const std::string_view text = text_argument(state, 2);
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  if (!HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
            reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest, &size))
    return luaL_error(state, "hash.hmac_sha256: no digest could be made");
  return push_text(state, to_hex({reinterpret_cast<const char*>(digest), size}));
}

// parse_time("2026-01-30T10:00:00+08:00"): milliseconds since 1970; nil, if it is no time.
int parse_time(lua_State* state) {
  const auto time = from_rfc3339(text_argument(state, 1));
  if (time)
    lua_pushinteger(state, time->ms);
  else
    lua_pushnil(state);
  return 1;
}

// format_time(ms): RFC 3339 in UTC, as the API writes it.
int format_time(lua_State* state) {
  constexpr lua_Integer kMsMax = 253'402'300'800'000;  // the year 10000
  const lua_Integer ms = luaL_checkinteger(state, 1);
  luaL_argcheck(state, ms >= 0 && ms < kMsMax, 1, "must be milliseconds from 1970 to 9999");
  return push_text(state, to_rfc3339(Time{ms}));
}

}  // namespace

void add_text_modules(lua_State* state) {
  static constexpr luaL_Reg kJson[] = {
      {"decode", &decode_json}, {"encode", &encode_json}, {nullptr, nullptr}};
  static constexpr luaL_Reg kHash[] = {
      {"sha256", &sha256}, {"hmac_sha256", &hmac_sha256}, {nullptr, nullptr}};
  static constexpr luaL_Reg kTimes[] = {
      {"parse_time", &parse_time}, {"format_time", &format_time}, {nullptr, nullptr}};
  luaL_setfuncs(state, kTimes, 0);
  luaL_newlib(state, kJson);
  lua_setfield(state, -2, "json");
  luaL_newlib(state, kHash);
  lua_setfield(state, -2, "hash");
}

}  // namespace cinnabar::lua
