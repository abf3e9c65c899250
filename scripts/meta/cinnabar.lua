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

---Lets the action go on once somebody approved. An error where the point does not carry it out.
---@param options { flow?: string, reason?: string, approvers?: string[] }
---@return Decision
function require_approval(options) end

---Sends the action another way. An error where the point does not carry it out.
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

---Milliseconds since 1970 of a time such as ctx.contract.deadline; nil, if it is none.
---@param text string
---@return integer?
function parse_time(text) end

---The time as the API writes it, in UTC.
---@param ms integer
---@return string
function format_time(ms) end

json = {}
---@param value any
---@return string
function json.encode(value) end
---The value; nil and why, if the text is no JSON.
---@param text string
---@return any
---@return string? why
function json.decode(text) end

hash = {}
---@param text string
---@return string digits hexadecimal
function hash.sha256(text) end
---@param key string
---@param text string
---@return string digits hexadecimal
function hash.hmac_sha256(key, text) end

---@class ContractHookInput
---@field contract HookContract
---@field party string Id of the party that acts; absent: the initiator's side, or time.
---@field person string Id of who acts; absent: time.
---@field method string Signing authentication method; when signing.
---@field reason string Why; when refusing or revoking.
---@field seals string[] Ids: when signing, of the seals that are put on, those that are usual where none is chosen included; after it, those used.
---@field form string When the content is taken: document, page, text or evidence.

---@class EmployeeHookInput
---@field employee string Id; absent before joining.
---@field name string Before joining.
---@field mobile string Before joining.
---@field roles string[] Ids, when joining.
---@field person string Id of who adds or removes.

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
---@field person string Id; absent until the contract is sent.
---@field enterprise string Id; absent until the contract is sent, and for persons.

---@class NotifyHookInput
---@field kind string contract.sign_turn, contract.completed, ...
---@field person string Id of the recipient; absent: the enterprise itself.
---@field enterprise string Id of whom the recipient acts for.
---@field title string
---@field text string
---@field contract string Id.
---@field data? any
---@field channels string[] Bound by the recipient's side, in order; when delivering.

---@class SealHookInput
---@field id string Absent before it is made.
---@field name string
---@field type string
---@field title string
---@field code string
---@field color string
---@field state string
---@field person string Id of who acts.
---@field contract string Id of what it is put on; when it is used.

---@class SignInHookInput
---@field person string Id.
---@field address string
---@field user_agent string

---@class HookContext
---@field now integer milliseconds since 1970
---@field allow fun(options?: table): Decision
---@field deny fun(code: string, text: string): Decision
---@field require_approval fun(options: table): Decision
---@field route fun(to: string|table): Decision

---After the last party signed. A notice.
---Carries out: notify
---@class Context_contract_after_complete : HookContext, ContractHookInput
---@field point "contract.after_complete"

---After the document was downloaded. A notice.
---Carries out: notify
---@class Context_contract_after_download : HookContext, ContractHookInput
---@field point "contract.after_download"

---After the deadline passed. A notice.
---Carries out: notify
---@class Context_contract_after_expire : HookContext, ContractHookInput
---@field point "contract.after_expire"

---After a party handed its values in. A notice.
---Carries out: notify
---@class Context_contract_after_fill : HookContext, ContractHookInput
---@field point "contract.after_fill"

---After a draft was made or replaced. A notice.
---Carries out: notify
---@class Context_contract_after_initiate : HookContext, ContractHookInput
---@field point "contract.after_initiate"

---After a party refused. A notice.
---Carries out: notify
---@class Context_contract_after_refuse : HookContext, ContractHookInput
---@field point "contract.after_refuse"

---After the initiator's side revoked. A notice.
---Carries out: notify
---@class Context_contract_after_revoke : HookContext, ContractHookInput
---@field point "contract.after_revoke"

---After a contract went out. A notice.
---Carries out: notify
---@class Context_contract_after_send : HookContext, ContractHookInput
---@field point "contract.after_send"

---After a party signed. A notice.
---Carries out: notify
---@class Context_contract_after_sign : HookContext, ContractHookInput
---@field point "contract.after_sign"

---Before a draft is thrown away. A gate.
---@class Context_contract_before_discard : HookContext, ContractHookInput
---@field point "contract.before_discard"

---Before the content is taken: as a document, a page, text or evidence. A gate.
---@class Context_contract_before_download : HookContext, ContractHookInput
---@field point "contract.before_download"

---Before a party's values are taken. A gate.
---Carries out: notify
---@class Context_contract_before_fill : HookContext, ContractHookInput
---@field point "contract.before_fill"

---Before a draft is made or replaced. A gate.
---May set: /contract/name /contract/watermark /contract/data /contract/deadline
---@class Context_contract_before_initiate : HookContext, ContractHookInput
---@field point "contract.before_initiate"

---Before a party refuses. A gate.
---Carries out: notify
---@class Context_contract_before_refuse : HookContext, ContractHookInput
---@field point "contract.before_refuse"

---Before the initiator's side revokes. A gate.
---Carries out: notify
---@class Context_contract_before_revoke : HookContext, ContractHookInput
---@field point "contract.before_revoke"

---Before a contract goes out. A gate.
---May set: /contract/name /contract/watermark /contract/data /contract/deadline
---Carries out: notify
---@class Context_contract_before_send : HookContext, ContractHookInput
---@field point "contract.before_send"

---Before a party signs or seals, after it proved its identity. A gate.
---Carries out: notify
---@class Context_contract_before_sign : HookContext, ContractHookInput
---@field point "contract.before_sign"

---After an employee was added. A notice.
---@class Context_enterprise_after_join : HookContext, EmployeeHookInput
---@field point "enterprise.after_join"

---After an employee was removed. A notice.
---@class Context_enterprise_after_leave : HookContext, EmployeeHookInput
---@field point "enterprise.after_leave"

---Before an employee is added. A gate.
---@class Context_enterprise_before_join : HookContext, EmployeeHookInput
---@field point "enterprise.before_join"

---Before an employee is removed. A gate.
---@class Context_enterprise_before_leave : HookContext, EmployeeHookInput
---@field point "enterprise.before_leave"

---Channels of a message, asked of the recipient's side. A notice.
---May set: /channels
---@class Context_notification_before_deliver : HookContext, NotifyHookInput
---@field point "notification.before_deliver"

---Words of a message, asked of the side that sends it. A notice.
---May set: /title /text
---@class Context_notification_before_notify : HookContext, NotifyHookInput
---@field point "notification.before_notify"

---After a seal was disabled. A notice.
---@class Context_seal_after_disable : HookContext, SealHookInput
---@field point "seal.after_disable"

---After a seal was enabled again. A notice.
---@class Context_seal_after_enable : HookContext, SealHookInput
---@field point "seal.after_enable"

---After a seal was made. A notice.
---@class Context_seal_after_make : HookContext, SealHookInput
---@field point "seal.after_make"

---Before a seal is disabled. A gate.
---@class Context_seal_before_disable : HookContext, SealHookInput
---@field point "seal.before_disable"

---Before a seal is enabled again. A gate.
---@class Context_seal_before_enable : HookContext, SealHookInput
---@field point "seal.before_enable"

---Before a seal of the enterprise is made. A gate.
---@class Context_seal_before_make : HookContext, SealHookInput
---@field point "seal.before_make"

---Before a seal is put on a contract. A gate.
---@class Context_seal_before_use : HookContext, SealHookInput
---@field point "seal.before_use"

---Before somebody signs in for the enterprise, with the right password. A gate.
---@class Context_session_before_sign_in : HookContext, SignInHookInput
---@field point "session.before_sign_in"

---@class HookBundle
---@field api 1
---@field hooks Hooks

---@class Hooks
---@field ["contract.after_complete"]? fun(ctx: Context_contract_after_complete): Decision?
---@field ["contract.after_download"]? fun(ctx: Context_contract_after_download): Decision?
---@field ["contract.after_expire"]? fun(ctx: Context_contract_after_expire): Decision?
---@field ["contract.after_fill"]? fun(ctx: Context_contract_after_fill): Decision?
---@field ["contract.after_initiate"]? fun(ctx: Context_contract_after_initiate): Decision?
---@field ["contract.after_refuse"]? fun(ctx: Context_contract_after_refuse): Decision?
---@field ["contract.after_revoke"]? fun(ctx: Context_contract_after_revoke): Decision?
---@field ["contract.after_send"]? fun(ctx: Context_contract_after_send): Decision?
---@field ["contract.after_sign"]? fun(ctx: Context_contract_after_sign): Decision?
---@field ["contract.before_discard"]? fun(ctx: Context_contract_before_discard): Decision?
---@field ["contract.before_download"]? fun(ctx: Context_contract_before_download): Decision?
---@field ["contract.before_fill"]? fun(ctx: Context_contract_before_fill): Decision?
---@field ["contract.before_initiate"]? fun(ctx: Context_contract_before_initiate): Decision?
---@field ["contract.before_refuse"]? fun(ctx: Context_contract_before_refuse): Decision?
---@field ["contract.before_revoke"]? fun(ctx: Context_contract_before_revoke): Decision?
---@field ["contract.before_send"]? fun(ctx: Context_contract_before_send): Decision?
---@field ["contract.before_sign"]? fun(ctx: Context_contract_before_sign): Decision?
---@field ["enterprise.after_join"]? fun(ctx: Context_enterprise_after_join): Decision?
---@field ["enterprise.after_leave"]? fun(ctx: Context_enterprise_after_leave): Decision?
---@field ["enterprise.before_join"]? fun(ctx: Context_enterprise_before_join): Decision?
---@field ["enterprise.before_leave"]? fun(ctx: Context_enterprise_before_leave): Decision?
---@field ["notification.before_deliver"]? fun(ctx: Context_notification_before_deliver): Decision?
---@field ["notification.before_notify"]? fun(ctx: Context_notification_before_notify): Decision?
---@field ["seal.after_disable"]? fun(ctx: Context_seal_after_disable): Decision?
---@field ["seal.after_enable"]? fun(ctx: Context_seal_after_enable): Decision?
---@field ["seal.after_make"]? fun(ctx: Context_seal_after_make): Decision?
---@field ["seal.before_disable"]? fun(ctx: Context_seal_before_disable): Decision?
---@field ["seal.before_enable"]? fun(ctx: Context_seal_before_enable): Decision?
---@field ["seal.before_make"]? fun(ctx: Context_seal_before_make): Decision?
---@field ["seal.before_use"]? fun(ctx: Context_seal_before_use): Decision?
---@field ["session.before_sign_in"]? fun(ctx: Context_session_before_sign_in): Decision?
