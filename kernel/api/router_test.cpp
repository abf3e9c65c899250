#include "kernel/api/router.hpp"

#include <gtest/gtest.h>

namespace cinnabar::kernel {
namespace {

Route make(std::string method, std::string path, std::string object = {}) {
  Route route;
  route.info.method = std::move(method);
  route.info.path = std::move(path);
  route.info.name = route.info.method + route.info.path;
  route.info.object = std::move(object);
  route.info.self = true;
  route.plugin = "test.plugin";
  return route;
}

class RouterTest : public ::testing::Test {
 protected:
  RouterTest() {
    for (const char* path :
         {"/contracts", "/contracts/{contract}", "/contracts/templates",
          "/contracts/{contract}/pages/{page}.png", "/contracts/{contract}/pages/all",
          "/contracts/{contract}/documents/{n}", "/{kind}/templates/{id}"})
      router_.add(make("GET", path));
    router_.add(make("POST", "/contracts"));
  }
  std::string path_of(std::string_view path) {
    const RouteMatch match = router_.find("GET", path);
    return match.route ? match.route->info.path : std::string();
  }
  Router router_;
};

TEST_F(RouterTest, FindsLiteralsBeforeParameters) {
  EXPECT_EQ(path_of("/contracts"), "/contracts");
  EXPECT_EQ(path_of("/contracts/con_1"), "/contracts/{contract}");
  EXPECT_EQ(path_of("/contracts/templates"), "/contracts/templates");
  EXPECT_EQ(path_of("/contracts/con_1/pages/all"), "/contracts/{contract}/pages/all");
}

TEST_F(RouterTest, TakesParametersApartFromTheTextAroundThem) {
  const RouteMatch match = router_.find("GET", "/contracts/con_1/pages/12.png");
  ASSERT_TRUE(match.route);
  EXPECT_EQ(match.params.at("contract"), "con_1");
  EXPECT_EQ(match.params.at("page"), "12");
  EXPECT_EQ(path_of("/contracts/con_1/pages/.png"), "");
  EXPECT_EQ(path_of("/contracts/con_1/pages/12.jpg"), "");
}

TEST_F(RouterTest, GoesBackWhereALiteralLedNowhere) {
  const RouteMatch match = router_.find("GET", "/contracts/templates/9");
  ASSERT_TRUE(match.route);
  EXPECT_EQ(match.params.at("kind"), "contracts");
  EXPECT_EQ(match.params.size(), 2u);
}

TEST_F(RouterTest, FindsNothingElsewhere) {
  for (const char* path : {"/", "", "/contract", "/contracts/", "/contracts//pages/all",
                           "/contracts/con_1/documents", "/contracts/con_1/documents/1/2"})
    EXPECT_EQ(path_of(path), "") << path;
  EXPECT_EQ(path_of("/contracts/" + std::string(300, 'x')), "");
}

TEST_F(RouterTest, GivesTheRestOfAPathToARouteThatAsksForIt) {
  Route rest = make("GET", "/ocsp/{request...}");
  rest.info.site = true;
  Router pages;
  pages.add(rest);
  pages.add(make("GET", "/ocsp/status"));
  const RouteMatch match = pages.find("GET", "/ocsp/a//b/" + std::string(300, 'x') + "/");
  ASSERT_TRUE(match.route);
  EXPECT_EQ(match.params.at("request"), "a//b/" + std::string(300, 'x') + "/");
  EXPECT_EQ(match.rest, 6u);
  EXPECT_EQ(pages.find("GET", "/ocsp//a").params.at("request"), "/a");
  EXPECT_EQ(pages.find("GET", "/ocsp/status").rest, std::string::npos);
  EXPECT_EQ(pages.find("GET", "/ocsp/status/a").params.at("request"), "status/a");
  EXPECT_FALSE(pages.find("GET", "/ocsp").route);
  EXPECT_FALSE(pages.find("GET", "/ocsp/").route);
  EXPECT_EQ(pages.find("POST", "/ocsp/a").allowed, (std::vector<std::string>{"GET"}));
  for (const char* bad : {"/a/{b...}/c", "/a/x{b...}", "/a/{...}"}) {
    rest.info.path = bad;
    EXPECT_THROW(pages.add(rest), Error) << bad;
  }
  EXPECT_THROW(pages.add(make("GET", "/a/{b...}")), Error) << "not a page";
}

TEST_F(RouterTest, NamesTheMethodsOfAPath) {
  const RouteMatch match = router_.find("DELETE", "/contracts");
  EXPECT_FALSE(match.route);
  EXPECT_EQ(match.allowed, (std::vector<std::string>{"GET", "POST"}));
  EXPECT_TRUE(router_.find("HEAD", "/contracts").route);
  EXPECT_TRUE(router_.find("GET", "/nothing").allowed.empty());
}

TEST_F(RouterTest, RefusesConflictsAndMalformedPaths) {
  EXPECT_THROW(router_.add(make("GET", "/contracts/{other}")), Error);
  EXPECT_THROW(router_.add(make("GET", "contracts")), Error);
  EXPECT_THROW(router_.add(make("GET", "/x/{open")), Error);
  EXPECT_THROW(router_.add(make("GET", "/x/{}")), Error);
  EXPECT_THROW(router_.add(make("GET", "/x/{a}", "b")), Error);
  EXPECT_NO_THROW(router_.add(make("PUT", "/contracts/{other}")));
}

std::string refused(const Route& route) {
  try {
    Router().add(route);
  } catch (const Error& error) {
    return error.code();
  }
  return {};
}

TEST(RouterDeclarations, ARouteSaysWhoMay) {
  Route route = make("GET", "/things/{thing}");
  EXPECT_EQ(refused(route), "");
  route.info.self = false;
  EXPECT_EQ(refused(route), "route.invalid");
  route.info.object = "thing";
  EXPECT_EQ(refused(route), "route.invalid");
  route.info.permission = "thing.view";
  EXPECT_EQ(refused(route), "");
  route.info.open = true;
  EXPECT_EQ(refused(route), "route.invalid");
  route = make("GET", "/things/{thing}");
  route.info.self = false;
  route.info.enterprise = "other";
  EXPECT_EQ(refused(route), "route.invalid");
  route.info.enterprise = "thing";
  EXPECT_EQ(refused(route), "");
}

}  // namespace
}  // namespace cinnabar::kernel
