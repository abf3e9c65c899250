#include "kernel/api/openapi.hpp"

#include <gtest/gtest.h>

#include <set>

namespace cinnabar::kernel {
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
    schemas_.add("seal", Json::object().set("Item", object_schema("seal")).set("Page", object_schema("x")));
    Json list = Json::object().set("type", "array").set("items", reference("Item"));
    schemas_.add("contract", Json::object()
                                 .set("Item", object_schema("contract"))
                                 .set("Page", object_schema("x"))
                                 .set("List", std::move(list)));
    Route read;
    read.info.method = "GET";
    read.info.path = "/contracts/{contract}/pages/{page}.png";
    read.info.name = "contract.page";
    read.info.summary = "A page";
    read.info.object = "contract";
    read.info.produces = "image/png";
    read.info.query = {{"dpi", "Resolution.", true}};
    read.provider = "contract";
    router_.add(std::move(read));
    Route create;
    create.info.method = "POST";
    create.info.path = "/contracts";
    create.info.name = "contract.create";
    create.info.open = true;
    create.info.idempotency = "accepted";
    create.info.request_type = "Item";
    create.info.response_type = "List";
    create.info.success_status = 201;
    create.provider = "contract";
    router_.add(std::move(create));
    document_ = openapi_document(router_, schemas_, {"1.2", "/api/v1", 100});
  }
  SchemaSet schemas_;
  Router router_;
  Json document_;
};

TEST_F(OpenApiTest, DescribesOperations) {
  EXPECT_EQ(document_["openapi"].text(), "3.1.0");
  EXPECT_EQ(at(document_, "/info/version").text(), "1.2");
  const Json& page = document_["paths"]["/contracts/{contract}/pages/{page}.png"]["get"];
  EXPECT_EQ(page["operationId"].text(), "contract.page");
  EXPECT_EQ(page["parameters"].items().size(), 4u);  // two of the path, one query, acting for
  EXPECT_FALSE(page.contains("security"));
  EXPECT_TRUE(page["responses"]["200"]["content"].contains("image/png"));
  const Json& create = document_["paths"]["/contracts"]["post"];
  EXPECT_TRUE(create["security"].is_array());
  EXPECT_TRUE(create["security"].items().empty());
  EXPECT_TRUE(create["responses"].contains("201"));
  EXPECT_TRUE(create["responses"].contains("default"));
}

TEST_F(OpenApiTest, TellsSchemasOfOneNameApart) {
  EXPECT_EQ(schemas_.name("seal", "Item"), "Item");
  EXPECT_EQ(schemas_.name("contract", "Item"), "contract.Item");
  EXPECT_EQ(schemas_.name("contract", "Page"), "Page");
  const Json& schemas = document_["components"]["schemas"];
  EXPECT_TRUE(schemas["contract.Item"]["properties"].contains("contract"));
  EXPECT_EQ(schemas["List"]["items"]["$ref"].text(), "#/components/schemas/contract.Item");
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
}  // namespace cinnabar::kernel
