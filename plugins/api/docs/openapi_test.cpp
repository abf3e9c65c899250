#include "openapi.hpp"

#include <gtest/gtest.h>

#include <set>

namespace cinnabar {
namespace {

Json object_schema(std::string member) {
  Json property = Json::object().set("type", "string");
  Json schema = Json::object().set("type", "object");
  return schema.set("properties", Json::object().set(member, std::move(property)));
}

Json reference(std::string name) {
  return Json::object().set("$ref", "#/components/schemas/" + name);
}

// Every reference in the document, as text.
void references(const Json& json, std::set<std::string>& out) {
  for (const Json& item : json.items()) references(item, out);
  for (const auto& [key, value] : json.members()) {
    if (key == "$ref") out.insert(value.text());
    references(value, out);
  }
}

const Json& at(const Json& document, std::string_view pointer) {
  const Json* here = &document;
  while (!pointer.empty()) {
    pointer.remove_prefix(1);
    const std::string_view part = pointer.substr(0, pointer.find('/'));
    here = &(*here)[part];
    pointer.remove_prefix(part.size());
  }
  return *here;
}

class OpenApiTest : public testing::Test {
 protected:
  OpenApiTest() {
    DescribedDomain seal{"seal", {}};
    seal.description.schemas.set("Item", object_schema("seal")).set("Page", object_schema("x"));
    RouteInfo page;
    page.method = "GET";
    page.path = "/";
    page.name = "seal.page";
    page.site = true;
    RouteInfo first;
    first.method = "GET";
    first.path = "/seals/first";
    first.name = "seal.first";
    first.response_type = "Item";
    seal.description.routes = {page, first};

    DescribedDomain contract{"contract", {}};
    Json list = Json::object().set("type", "array").set("items", reference("Item"));
    contract.description.schemas.set("Item", object_schema("contract"));
    contract.description.schemas.set("Page", object_schema("x")).set("List", std::move(list));
    RouteInfo read;
    read.method = "GET";
    read.path = "/contracts/{contract}/pages/{page}.png";
    read.name = "contract.page";
    read.object = "contract";
    read.produces = "image/png";
    read.query = {{"dpi", "Resolution.", true}};
    RouteInfo create;
    create.method = "POST";
    create.path = "/contracts";
    create.name = "contract.create";
    create.open = true;
    create.idempotency = "accepted";
    create.request_type = "Item";
    create.response_type = "List";
    create.success_status = 201;
    contract.description.routes = {read, create};
    document_ = openapi_document({seal, contract}, "1.2");
  }
  Json document_;
};

TEST_F(OpenApiTest, DescribesOperations) {
  EXPECT_EQ(document_["openapi"].text(), "3.1.0");
  EXPECT_EQ(at(document_, "/info/version").text(), "1.2");
  const Json& page = document_["paths"]["/contracts/{contract}/pages/{page}.png"]["get"];
  EXPECT_EQ(page["operationId"].text(), "contract.page");
  // Two of the path, one query, if none match, acting for.
  EXPECT_EQ(page["parameters"].items().size(), 5u);
  EXPECT_EQ(page["security"].items().size(), 2u);  // token or cookie
  EXPECT_TRUE(page["responses"]["200"]["content"].contains("image/png"));
  const Json& create = document_["paths"]["/contracts"]["post"];
  EXPECT_TRUE(create["security"].is_array());
  EXPECT_TRUE(create["security"].items().empty());
  EXPECT_TRUE(create["responses"].contains("201"));
  EXPECT_TRUE(create["responses"].contains("default"));
}

TEST_F(OpenApiTest, TellsSchemasOfOneNameApart) {
  const Json& schemas = document_["components"]["schemas"];
  EXPECT_TRUE(schemas["Item"]["properties"].contains("seal"));
  EXPECT_FALSE(schemas.contains("contract.Page"));
  const Json& create = document_["paths"]["/contracts"]["post"];
  EXPECT_EQ(create["requestBody"]["content"]["application/json"]["schema"]["$ref"].text(),
            "#/components/schemas/contract.Item");
  EXPECT_TRUE(schemas["contract.Item"]["properties"].contains("contract"));
  EXPECT_EQ(schemas["List"]["items"]["$ref"].text(), "#/components/schemas/contract.Item");
}

TEST_F(OpenApiTest, ListsTheRefusalsThatAnOperationMeets) {
  const Json& page = document_["paths"]["/contracts/{contract}/pages/{page}.png"]["get"];
  for (const char* status : {"304", "401", "404", "503"})
    EXPECT_TRUE(page["responses"].contains(status)) << status;
  EXPECT_FALSE(page["responses"].contains("413"));
  const Json& create = document_["paths"]["/contracts"]["post"];
  EXPECT_TRUE(create["responses"].contains("415"));
  EXPECT_FALSE(create["responses"].contains("304"));
  const Json& busy = at(document_, "/components/responses/Unavailable");
  EXPECT_TRUE(busy["headers"].contains("Retry-After"));
  EXPECT_TRUE(busy["content"].contains("application/problem+json"));
}

TEST_F(OpenApiTest, SaysWhichCredentialsAnOperationTakes) {
  RouteInfo token, send, me;
  token.path = "/oauth/token";
  token.open = true;
  send.path = "/contracts/{contract}/send";
  send.permission = "contract.initiate";
  me.path = "/me";
  me.self = true;
  for (RouteInfo* route : {&token, &send, &me}) route->method = "POST";
  DescribedDomain domain{"all", {}};
  domain.description.routes = {token, send, me};
  domain.description.permissions.push_back({"contract.initiate", "Sends contracts", "", true, {}});
  const Json document = openapi_document({domain}, "1");
  EXPECT_TRUE(document["paths"]["/oauth/token"]["post"]["security"].items().empty());
  EXPECT_EQ(document["paths"]["/me"]["post"]["security"].items().size(), 2u);
  const Json& sending = document["paths"][send.path]["post"]["security"];
  ASSERT_EQ(sending.items().size(), 4u);
  EXPECT_EQ(sending.items()[3]["program"].items()[0].text(), "contract.initiate");
  const Json& flow = at(document, "/components/securitySchemes/program/flows/clientCredentials");
  EXPECT_EQ(flow["scopes"]["contract.initiate"].text(), "Sends contracts");
}

TEST_F(OpenApiTest, SaysFormatsAsPatternsToo) {
  Json mobile = Json::object().set("type", "string").set("x-format", "mobile");
  SchemaSet set;
  set.add("people", Json::object().set("Mobile", std::move(mobile)));
  EXPECT_EQ(set.schemas()["Mobile"]["pattern"].text(), "^([+]?[0-9]{5,20})?$");
}

TEST_F(OpenApiTest, LeavesSchemasOutThatNoOperationUses) {
  EXPECT_FALSE(document_["components"]["schemas"].contains("Page"));
}

TEST_F(OpenApiTest, LeavesPagesOfTheSiteOut) {
  EXPECT_FALSE(document_["paths"].contains("/"));
  EXPECT_TRUE(document_["paths"].contains("/healthz"));
}

TEST_F(OpenApiTest, EveryReferenceLeadsSomewhere) {
  std::set<std::string> all;
  references(document_, all);
  EXPECT_GE(all.size(), 5u);
  for (const std::string& reference : all) {
    ASSERT_EQ(reference[0], '#');
    EXPECT_FALSE(at(document_, std::string_view(reference).substr(1)).is_null()) << reference;
  }
}

}  // namespace
}  // namespace cinnabar
