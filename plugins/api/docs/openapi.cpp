#include "openapi.hpp"

#include "responses.hpp"
#include "security.hpp"

#include <set>

namespace cinnabar {
namespace {

constexpr std::string_view kReference = "#/components/schemas/";
constexpr int kPathPartSizeMax = 256;  // bytes; what is longer is not found
// The formats that the server knows, as patterns: nothing is well-formed, too.
const std::map<std::string, std::string> kPatterns{
    {"id", "^[A-Za-z0-9_.:-]{0,64}$"},
    {"mobile", "^([+]?[0-9]{5,20})?$"},
    {"line", "^[^\\u0000-\\u001f\\u007f]*$"},
};

Json reference(std::string_view name) {
  return Json::object().set("$ref", std::string(kReference) + std::string(name));
}

Json text_type() { return Json::object().set("type", "string"); }

// A copy in which every reference to a renamed schema says the new name, and every format its
// pattern.
Json with_references(const Json& json, const std::map<std::string, std::string>& names) {
  if (json.is_array()) {
    Json out = Json::array();
    for (const Json& item : json.items()) out.add(with_references(item, names));
    return out;
  }
  if (!json.is_object()) return json;
  Json out = Json::object();
  for (const auto& [key, value] : json.members()) {
    if (key == "$ref" && value.text().starts_with(kReference)) {
      const auto found = names.find(value.text().substr(kReference.size()));
      if (found != names.end()) {
        out.set(key, std::string(kReference) + found->second);
        continue;
      }
    }
    out.set(key, with_references(value, names));
  }
  const auto pattern = kPatterns.find(out["x-format"].text());
  if (pattern != kPatterns.end()) out.set("pattern", pattern->second);
  return out;
}

Json parameter(std::string_view name, std::string_view in, bool required, std::string_view doc) {
  Json out = Json::object();
  out.set("name", name).set("in", in).set("required", required).set("schema", text_type());
  if (!doc.empty()) out.set("description", doc);
  return out;
}

Json parameters_of(const RouteInfo& route) {
  Json out = Json::array();
  const std::string& path = route.path;
  for (std::size_t open = path.find('{'); open != std::string::npos; open = path.find('{', open)) {
    const std::size_t close = path.find('}', open);
    const std::string name = path.substr(open + 1, close - open - 1);
    Json part = parameter(name, "path", true, name == route.object ? "The object acted on." : "");
    part.set("schema", text_type().set("minLength", 1).set("maxLength", kPathPartSizeMax));
    out.add(std::move(part));
    open = close;
  }
  for (const ParameterInfo& query : route.query)
    out.add(parameter(query.name, "query", query.required, query.doc));
  if (route.idempotency != "none")
    out.add(Json::object().set("$ref", "#/components/parameters/IdempotencyKey"));
  if (route.method == "GET")
    out.add(Json::object().set("$ref", "#/components/parameters/IfNoneMatch"));
  if (!route.open) out.add(Json::object().set("$ref", "#/components/parameters/ActingFor"));
  return out;
}

// One operation's place: the route, the domain it belongs to, and the schemas of all.
struct Place {
  const RouteInfo& route;
  const std::string& domain;
  const SchemaSet& schemas;
  bool keys;  // programs may call with keys
  Json json_content(const std::string& type) const {
    return Json::object().set("schema", reference(schemas.name(domain, type)));
  }
};

Json any_content() { return Json::object().set("schema", Json::object()); }

Json request_body(const Place& place) {
  const RouteInfo& route = place.route;
  Json content = Json::object();
  for (const std::string& type : route.consumes) content.set(type, any_content());
  if (route.consumes.empty())
    content.set("application/json", place.json_content(route.request_type));
  Json body = Json::object();
  body.set("required", true).set("content", std::move(content));
  if (route.upload_size_max > 0)
    body.set("description", "At most " + std::to_string(route.upload_size_max) + " bytes.");
  return body;
}

Json success_content(const Place& place) {
  const RouteInfo& route = place.route;
  Json content = Json::object();
  if (!route.response_type.empty())
    content.set("application/json", place.json_content(route.response_type));
  else if (route.produces != "application/json")
    content.set(route.produces, any_content());
  return content;
}

Json operation_of(const Place& place) {
  const RouteInfo& route = place.route;
  Json out = Json::object();
  out.set("operationId", route.name).set("summary", route.summary);
  if (!route.summary_zh.empty()) out.set("x-summary-zh", route.summary_zh);
  out.set("tags", Json::array().add(place.domain));
  Json parameters = parameters_of(route);
  if (!parameters.items().empty()) out.set("parameters", std::move(parameters));
  if (!route.request_type.empty() || !route.consumes.empty())
    out.set("requestBody", request_body(place));
  out.set("responses", responses_of(route, success_content(place)));
  out.set("security", security_of(route, place.keys));
  if (!route.object.empty()) {
    Json roles = Json::array();
    for (const std::string& role : route.roles) roles.add(role);
    out.set("x-object", route.object).set("x-roles", std::move(roles));
  }
  if (route.operator_only) out.set("x-operator-only", true);
  if (!route.permission.empty()) out.set("x-permission", route.permission);
  if (route.handler) out.set("x-handler", true);
  if (!route.enterprise.empty()) out.set("x-enterprise", route.enterprise);
  return out;
}

Json parameter_components() {
  Json key = parameter("Idempotency-Key", "header", false,
                       "The same key with the same request has one effect; the answer is given "
                       "again. 1 to 128 visible ASCII characters.");
  Json key_schema = text_type().set("minLength", 1).set("maxLength", 128);
  key.set("schema", key_schema.set("pattern", "^[!-~]+$"));
  Json out = Json::object();
  out.set("IdempotencyKey", std::move(key));
  out.set("ActingFor", parameter("Cinnabar-Acting-For", "header", false,
                                 "Id of the enterprise to act for, or \"personal\"; otherwise as "
                                 "the session says."));
  return out.set("IfNoneMatch",
                 parameter("If-None-Match", "header", false,
                           "ETags of what is known; still good, it is not sent again."));
}

Json components(Json all, Json security) {
  all.set("ProblemDocument", problem_schema());
  Json out = Json::object();
  out.set("schemas", std::move(all)).set("parameters", parameter_components());
  out.set("headers", header_components()).set("responses", response_components());
  return out.set("securitySchemes", std::move(security));
}

// The names of the schemas that something leads to.
void reach(const Json& from, const Json& schemas, std::set<std::string>& out) {
  for (const Json& item : from.items()) reach(item, schemas, out);
  for (const auto& [key, value] : from.members()) {
    if (key != "$ref" || !value.text().starts_with(kReference)) {
      reach(value, schemas, out);
      continue;
    }
    const std::string name = value.text().substr(kReference.size());
    if (out.insert(name).second) reach(schemas[name], schemas, out);
  }
}

// Those of hook points and events are described elsewhere.
Json reached_schemas(const Json& paths, const Json& schemas) {
  std::set<std::string> names;
  reach(paths, schemas, names);
  Json out = Json::object();
  for (const auto& [name, schema] : schemas.members())
    if (names.count(name) != 0) out.set(name, schema);
  return out;
}

bool has_route(const std::vector<DescribedDomain>& domains, std::string_view path) {
  for (const DescribedDomain& domain : domains)
    for (const RouteInfo& route : domain.description.routes)
      if (!route.site && route.path == path) return true;
  return false;
}

// The addresses beside the API itself.
void add_system_paths(Json& paths) {
  struct Page {
    const char* path;
    const char* summary;
    const char* zh;
  };
  static constexpr Page kPages[] = {
      {"/healthz", "The process is alive", "进程存活"},
      {"/readyz", "Requests can be carried out", "可以处理请求"},
      {"/openapi.json", "This description", "本接口描述"},
  };
  for (const Page& page : kPages) {
    Json content = Json::object().set("application/json", any_content());
    Json get = Json::object();
    get.set("operationId", "system." + std::string(page.path + 1)).set("summary", page.summary);
    get.set("x-summary-zh", page.zh).set("tags", Json::array().add("system"));
    RouteInfo route;
    route.method = "GET";
    get.set("responses", responses_of(route, std::move(content)));
    get.set("security", Json::array());
    Json item = Json::object();
    item.set("servers", Json::array().add(Json::object().set("url", "/")));
    paths.set(page.path, item.set("get", std::move(get)));
  }
}

}  // namespace

std::string SchemaSet::name(const std::string& domain, const std::string& type) const {
  const auto found = renamed_.find(domain + "/" + type);
  return found == renamed_.end() ? type : found->second;
}

void SchemaSet::add(const std::string& domain, const Json& schemas) {
  std::map<std::string, std::string> names;
  // Renaming one makes those that refer to it different, too; again until nothing changes.
  for (bool changed = true; changed;) {
    changed = false;
    for (const auto& [type, schema] : schemas.members()) {
      const bool taken =
          type == "ProblemDocument" ||
          (schemas_.contains(type) && !(schemas_[type] == with_references(schema, names)));
      if (!taken || names.count(type) != 0) continue;
      names[type] = domain + "." + type;
      renamed_[domain + "/" + type] = names[type];
      changed = true;
    }
  }
  for (const auto& [type, schema] : schemas.members())
    schemas_.set(name(domain, type), with_references(schema, names));
}

Json openapi_document(const std::vector<DescribedDomain>& domains, const std::string& version) {
  SchemaSet schemas;
  for (const DescribedDomain& domain : domains)
    schemas.add(domain.name, domain.description.schemas);
  Json paths = Json::object();
  Json tags = Json::array();
  const bool keys = has_route(domains, kTokenPath);
  PermissionTitles permissions;
  for (const DescribedDomain& domain : domains) {
    for (const PermissionInfo& permission : domain.description.permissions)
      permissions[permission.name] = permission.title;
    bool any = false;
    for (const RouteInfo& route : domain.description.routes) {
      if (route.site) continue;
      std::string method = route.method;
      for (char& c : method) c = static_cast<char>(c | 0x20);
      Json item = paths[route.path];
      paths.set(route.path, item.set(method, operation_of({route, domain.name, schemas, keys})));
      any = true;
    }
    if (any) tags.add(Json::object().set("name", domain.name));
  }
  add_system_paths(paths);
  tags.add(Json::object().set("name", "system"));

  Json info = Json::object();
  info.set("title", "Cinnabar").set("version", version);
  Json license = Json::object().set("name", "Proprietary");
  info.set("license", license.set("identifier", "LicenseRef-Proprietary"));
  info.set("description",
           "Electronic contracts and signatures. JSON in and out; errors are problem documents "
           "(RFC 9457) in Chinese or English, as Accept-Language says.");
  Json document = Json::object();
  document.set("openapi", "3.1.0").set("info", std::move(info));
  document.set("servers", Json::array().add(Json::object().set("url", "/api/v1")));
  document.set("components", components(reached_schemas(paths, schemas.schemas()),
                                        security_schemes(permissions, keys)));
  document.set("tags", std::move(tags)).set("paths", std::move(paths));
  return document;
}

}  // namespace cinnabar
