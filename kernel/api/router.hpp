// Router: which route a method and a path mean. A trie over the segments of the paths; a segment is
// literal ("contracts"), a parameter ("{contract}"), or a parameter with text around it
// ("{page}.png"). The last one of a page may be "{request...}", which takes the rest of the path,
// encoded slashes included. Literal text wins over parameters, both over the rest. Filled when a
// generation of plugins is made, immutable afterwards.
#pragma once

#include "kernel/plugin/generation.hpp"

namespace cinnabar::kernel {

struct Route {
  RouteInfo info;
  std::string provider;      // name of the cinnabar.domain/1 provider
  std::string plugin;        // its plugin's id
  std::string table_prefix;  // tables its write-sets may touch
};

struct RouteMatch {
  const Route* route = nullptr;
  std::map<std::string, std::string> params;
  std::size_t rest = std::string::npos;  // where in the path a parameter that takes the rest begins
  std::vector<std::string> allowed;  // methods the path takes, when the route is null; empty: none
};

class Router {
 public:
  Router();
  ~Router();

  // Throws Error "route.conflict" when the method and path are taken, or "route.invalid".
  void add(Route route);
  // HEAD is answered by the route of GET.
  RouteMatch find(std::string_view method, std::string_view path) const;
  const std::vector<std::unique_ptr<Route>>& routes() const { return routes_; }

 private:
  struct Node;
  std::unique_ptr<Node> root_;
  std::vector<std::unique_ptr<Route>> routes_;
};

// What all domains of a generation answer.
struct RouteTables {
  Router api;   // under the base path
  Router site;  // from the root
};
// Throws Error "route.conflict", "route.invalid".
std::shared_ptr<const RouteTables> make_routes(const std::vector<DescribedDomain>& domains);

}  // namespace cinnabar::kernel
