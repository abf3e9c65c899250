#include "security.hpp"

namespace cinnabar {
namespace {

Json in_header(const char* place, const char* name, const char* text) {
  Json out = Json::object().set("type", "apiKey").set("in", place);
  return out.set("name", name).set("description", text);
}

Json needs(const char* scheme, Json scopes = Json::array()) {
  return Json::object().set(scheme, std::move(scopes));
}

}  // namespace

Json security_schemes(const PermissionTitles& permissions, bool keys) {
  Json session = Json::object().set("type", "http").set("scheme", "bearer");
  session.set("description", "The token of POST /sessions.");
  Json out = Json::object().set("session", std::move(session));
  out.set("cookie", in_header("cookie", "cinnabar_session",
                              "The session of a browser. What changes something needs the "
                              "X-CSRF-Token of an earlier answer besides."));
  if (!keys) return out;
  out.set("signature", in_header("header", "Signature",
                                 "HTTP Message Signatures (RFC 9421), hmac-sha256, with "
                                 "Signature-Input and Content-Digest."));
  Json scopes = Json::object();
  for (const auto& [name, title] : permissions) scopes.set(name, title);
  Json flow = Json::object().set("tokenUrl", "/api/v1" + std::string(kTokenPath));
  flow.set("scopes", std::move(scopes));
  Json oauth = Json::object().set("type", "oauth2");
  oauth.set("flows", Json::object().set("clientCredentials", std::move(flow)));
  return out.set("program", std::move(oauth));
}

Json security_of(const RouteInfo& route, bool keys) {
  Json out = Json::array();
  if (route.open) return out;
  out.add(needs("session")).add(needs("cookie"));
  // A key is for an enterprise, not for a person's own affairs or for running the installation.
  if (!keys || route.self || route.operator_only) return out;
  Json scopes = Json::array();
  if (!route.permission.empty()) scopes.add(route.permission);
  return out.add(needs("signature")).add(needs("program", std::move(scopes)));
}

}  // namespace cinnabar
