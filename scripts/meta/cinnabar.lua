---@meta
-- What hooks get and give, for editors with the Lua language server. Generated from the hook
-- points that the server declares; not meant to be edited, and never loaded by a script.
error("This file describes types only.")

---@class Decision

---Lets the action go on. `set` gives new values for the fields that the point lets be set.
---@param options? { set?: table<string, any>, commands?: { name: string, arguments?: table }[] }
---@return Decision
function allow(options) end

---Refuses the action, from the moment it is called.
---@param code string letters, digits, '_', '.' and '-', at most 64
---@param text string what the user is told, at most 300 characters
---@return Decision
function deny(code, text) end

---Lets the action go on once somebody approved.
---@param options { flow?: string, reason?: string, approvers?: string[] }
---@return Decision
function require_approval(options) end

---Sends the action another way.
---@param to string|table
---@return Decision
function route(to) end

---Writes a line into the enterprise's log.
---@param ... any
function print(...) end

---@class Calendar
---@field year integer
---@field month integer
---@field day integer
---@field hour integer
---@field minute integer
---@field second integer
---@field weekday integer from 1, Monday, to 7

---The calendar of an instant.
---@param ms integer milliseconds since 1970, such as ctx.now
---@param hours? integer hours east of Greenwich; 8 in China
---@return Calendar
function date(ms, hours) end

---@class ContractHookInput
---@field contract HookContract
---@field party string Id of the party that acts; empty: the initiator.
---@field method string Signing authentication method; when signing.

---@class HookContract
---@field id string
---@field name string
---@field state string
---@field order string
---@field owner string Tenant the contract belongs to.
---@field initiator string Person who drafts it.
---@field deadline string
---@field amount? number
---@field watermark string
---@field data? any Custom data of the draft.
---@field values? any Filled values by control id.
---@field parties HookParty[]
---@field controls HookControl[]

---@class HookControl
---@field id string
---@field party string
---@field kind string
---@field label string
---@field value? any Absent while it is empty.

---@class HookParty
---@field id string
---@field kind string enterprise or person
---@field name string
---@field enterprise_name string
---@field position integer
---@field state string waiting, filled, signed or refused

---@class HookContext
---@field now integer milliseconds since 1970
---@field allow fun(options?: table): Decision
---@field deny fun(code: string, text: string): Decision
---@field require_approval fun(options: table): Decision
---@field route fun(to: string|table): Decision

---After the last party signed. A notice.
---@class Context_contract_after_complete : HookContext, ContractHookInput
---@field point "contract.after_complete"

---After a contract went out. A notice.
---@class Context_contract_after_send : HookContext, ContractHookInput
---@field point "contract.after_send"

---After a party signed. A notice.
---@class Context_contract_after_sign : HookContext, ContractHookInput
---@field point "contract.after_sign"

---Before a party's values are taken. A gate.
---@class Context_contract_before_fill : HookContext, ContractHookInput
---@field point "contract.before_fill"

---Before a draft is made or replaced. A gate.
---May set: /contract/name /contract/watermark /contract/data
---@class Context_contract_before_initiate : HookContext, ContractHookInput
---@field point "contract.before_initiate"

---Before a contract goes out. A gate.
---May set: /contract/name /contract/watermark /contract/data
---@class Context_contract_before_send : HookContext, ContractHookInput
---@field point "contract.before_send"

---Before a party signs or seals, after it proved its identity. A gate.
---@class Context_contract_before_sign : HookContext, ContractHookInput
---@field point "contract.before_sign"

---@class HookBundle
---@field api 1
---@field hooks Hooks

---@class Hooks
---@field ["contract.after_complete"]? fun(ctx: Context_contract_after_complete): Decision?
---@field ["contract.after_send"]? fun(ctx: Context_contract_after_send): Decision?
---@field ["contract.after_sign"]? fun(ctx: Context_contract_after_sign): Decision?
---@field ["contract.before_fill"]? fun(ctx: Context_contract_before_fill): Decision?
---@field ["contract.before_initiate"]? fun(ctx: Context_contract_before_initiate): Decision?
---@field ["contract.before_send"]? fun(ctx: Context_contract_before_send): Decision?
---@field ["contract.before_sign"]? fun(ctx: Context_contract_before_sign): Decision?
