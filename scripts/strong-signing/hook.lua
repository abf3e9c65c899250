-- Above an amount a password alone is not proof enough for signing.
local limit = 200000 -- yuan
local strong = { totp = true, passkey = true, certificate = true, code = true }

local function check(ctx)
  if (ctx.contract.amount or 0) >= limit and not strong[ctx.method] then
    return deny("method_too_weak", "该金额的合同须使用更强的签署认证方式。")
  end
end

return { api = 1, hooks = { ["contract.before_sign"] = check } }
