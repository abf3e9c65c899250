#include "pages.hpp"

namespace cinnabar {

// Reads /openapi.json and shows it; each operation can be tried. Only textContent is ever set, so
// that nothing in a description can become markup.
const std::string_view kDocsScript = R"JS("use strict";
const words = {
  en: { filter: "Search", token: "Session token", open: "no credentials", parameters: "Parameters",
        body: "Body", answer: "Answer", send: "Send", file: "File", required: "required",
        none: "Nothing found.", failed: "The request failed: " },
  zh: { filter: "搜索", token: "会话令牌", open: "无需登录", parameters: "参数",
        body: "请求体", answer: "响应", send: "发送", file: "文件", required: "必填",
        none: "没有匹配的接口。", failed: "请求失败：" },
};
let language = document.documentElement.lang.startsWith("zh") ? "zh" : "en";
let api = null;
const word = (name) => words[language][name];
const byId = (id) => document.getElementById(id);

function make(tag, attributes, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) node[name] = value;
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

function resolve(thing) {
  while (thing && thing.$ref)
    thing = thing.$ref.slice(2).split("/").reduce((at, part) => at && at[part], api);
  return thing || {};
}

function typeName(schema) {
  if (schema.$ref) return schema.$ref.split("/").pop();
  if (schema.anyOf) return schema.anyOf.map(typeName).filter((name) => name !== "null").join(" | ");
  if (schema.enum) return schema.enum.join(" | ");
  if (schema.type === "array") return typeName(schema.items || {}) + "[]";
  return schema.format || schema["x-format"] || schema.type || "any";
}

function limits(schema) {
  const out = [];
  if (schema.minLength || (schema.maxLength && schema.maxLength !== 4096))
    out.push((schema.minLength || 0) + ".." + schema.maxLength);
  if (schema.minimum !== undefined) out.push("≥ " + schema.minimum);
  if (schema.maximum !== undefined) out.push("≤ " + schema.maximum);
  return out.join(", ");
}

function example(schema, depth) {
  if (depth > 6) return null;
  if (schema.anyOf) return null;
  const whole = resolve(schema);
  if (whole.examples) return whole.examples[0];
  if (whole.enum) return whole.enum[0];
  if (whole.type === "object" && whole.properties)
    return Object.fromEntries(Object.entries(whole.properties)
      .filter(([name]) => (whole.required || []).includes(name) || depth === 0)
      .map(([name, property]) => [name, example(property, depth + 1)]));
  if (whole.type === "object") return {};
  if (whole.type === "array") return [];
  if (whole.type === "boolean") return false;
  if (whole.type === "integer" || whole.type === "number") return 0;
  if (whole.type === "string") return whole.format === "date-time" ? new Date().toISOString() : "";
  return null;
}

function schemaTable(schema, depth) {
  const whole = resolve(schema);
  if (!whole.properties || depth > 4) return make("p", { className: "soft" }, typeName(schema));
  const rows = Object.entries(whole.properties).map(([name, property]) => {
    const inner = property.type === "array" ? property.items || {}
      : (property.anyOf || [property])[0];
    const notes = [(whole.required || []).includes(name) ? word("required") : "",
                   limits(property), property.description || ""].filter(Boolean).join(" · ");
    const cell = make("td", {}, make("span", {}, typeName(property)), " ",
                      make("span", { className: "soft" }, notes));
    if (resolve(inner).properties) cell.append(schemaTable(inner, depth + 1));
    return make("tr", {}, make("td", { className: "name" }, name), cell);
  });
  return make("table", {}, make("tbody", {}, ...rows));
}

async function send(method, path, operation, inputs, output) {
  const headers = { "Accept-Language": language };
  const token = byId("token").value.trim();
  if (token) headers.Authorization = "Bearer " + token;
  const query = new URLSearchParams();
  let address = path;
  for (const { parameter, field } of inputs.fields) {
    if (parameter.in === "path")
      address = address.replace("{" + parameter.name + "}", encodeURIComponent(field.value));
    else if (field.value && parameter.in === "query") query.set(parameter.name, field.value);
    else if (field.value) headers[parameter.name] = field.value;
  }
  let body;
  if (inputs.file && inputs.file.files[0]) {
    body = inputs.file.files[0];
    headers["Content-Type"] = inputs.type;
  } else if (inputs.text) {
    body = inputs.text.value;
    headers["Content-Type"] = "application/json";
  }
  const server = operation.servers || api.servers;
  address = server[0].url.replace(/\/$/, "") + address + (query.size ? "?" + query : "");
  try {
    const answer = await fetch(address, { method: method.toUpperCase(), headers, body });
    const type = answer.headers.get("Content-Type") || "";
    let text = type.includes("json") ? JSON.stringify(await answer.json(), null, 2)
      : type.startsWith("text/") ? await answer.text() : type;
    output.textContent = answer.status + " " + answer.statusText + "\n" + text;
    if (path === "/sessions" && answer.ok && text)
      byId("token").value = JSON.parse(text).token || "";
  } catch (error) {
    output.textContent = word("failed") + error.message;
  }
}

function tryForm(method, path, operation, parameters) {
  const inputs = { fields: [], file: null, text: null, type: "" };
  const form = make("div", {});
  for (const parameter of parameters) {
    const title = parameter.description || "";
    const field = make("input", { placeholder: parameter.name, title });
    inputs.fields.push({ parameter, field });
    form.append(make("div", { className: "row" }, make("code", {}, parameter.name), field,
      make("span", { className: "soft" }, (parameter.required ? word("required") + " · " : "") +
        (parameter.description || ""))));
  }
  const content = (operation.requestBody || {}).content || {};
  const type = Object.keys(content)[0];
  if (type === "application/json") {
    const text = JSON.stringify(example(content[type].schema, 0), null, 2);
    inputs.text = make("textarea", { value: text, spellcheck: false });
    form.append(inputs.text);
  } else if (type) {
    inputs.file = make("input", { type: "file", accept: type });
    inputs.type = type;
    form.append(make("div", { className: "row" }, word("file"), inputs.file));
  }
  const output = make("pre", { hidden: true });
  const button = make("button", { type: "button", onclick: () => {
    output.hidden = false;
    output.textContent = "…";
    send(method, path, operation, inputs, output);
  } }, word("send"));
  form.append(make("div", { className: "row" }, button), output);
  return form;
}

function inside(method, path, operation) {
  const parameters = (operation.parameters || []).map(resolve);
  const box = make("div", { className: "inside" });
  const bodySchema = Object.values((operation.requestBody || {}).content || {})[0];
  if (bodySchema && bodySchema.schema && bodySchema.schema.$ref)
    box.append(make("h3", {}, word("body")), schemaTable(bodySchema.schema, 0));
  for (const [status, answer] of Object.entries(operation.responses)) {
    const shown = Object.entries(resolve(answer).content || {})[0];
    if (status === "default") continue;
    box.append(make("h3", {}, word("answer") + " " + status + (shown ? " · " + shown[0] : "")));
    if (shown && shown[1].schema && shown[1].schema.$ref)
      box.append(schemaTable(shown[1].schema, 0));
  }
  box.append(tryForm(method, path, operation, parameters));
  return box;
}

function show() {
  byId("filter").placeholder = word("filter");
  byId("token").placeholder = word("token");
  const wanted = byId("filter").value.toLowerCase();
  const groups = new Map();
  for (const [path, item] of Object.entries(api.paths))
    for (const [method, operation] of Object.entries(item)) {
      if (!operation.responses) continue;
      const entry = { ...operation, servers: item.servers };
      const summary = (language === "zh" && operation["x-summary-zh"]) || operation.summary || "";
      const text = [method, path, operation.operationId, summary].join(" ").toLowerCase();
      if (!text.includes(wanted)) continue;
      const head = make("summary", {}, make("span", { className: "method" }, method.toUpperCase()),
        make("span", { className: "path" }, path), make("span", { className: "text" }, summary),
        operation.security && !operation.security.length
          ? make("span", { className: "open" }, word("open")) : null);
      const box = make("details", { id: operation.operationId }, head);
      box.addEventListener("toggle", () => {
        if (box.open && box.children.length === 1) box.append(inside(method, path, entry));
      });
      const tag = (operation.tags || [""])[0];
      groups.set(tag, [...(groups.get(tag) || []), box]);
    }
  const main = byId("operations");
  main.replaceChildren();
  for (const [tag, boxes] of groups) main.append(make("h2", {}, tag), ...boxes);
  if (!groups.size) main.append(make("p", {}, word("none")));
}

byId("language").value = language;
byId("language").addEventListener("change", (event) => { language = event.target.value; show(); });
byId("filter").addEventListener("input", show);
// "/docs#contract.sign" opens that operation.
function openNamed() {
  const box = byId(decodeURIComponent(location.hash.slice(1)));
  if (!box) return;
  box.open = true;
  box.scrollIntoView();
}
window.addEventListener("hashchange", openNamed);
fetch("/openapi.json").then((answer) => answer.json())
  .then((described) => { api = described; show(); openNamed(); });
)JS";

}  // namespace cinnabar
