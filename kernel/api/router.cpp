#include "kernel/api/router.hpp"

#include <algorithm>

namespace cinnabar::kernel {
namespace {

// Longer than any id or name that stands in a path.
constexpr std::size_t kParameterSizeMax = 256;
constexpr std::string_view kRestMark = "...}";

std::vector<std::string_view> segments_of(std::string_view path) {
  std::vector<std::string_view> segments;
  while (!path.empty()) {
    path.remove_prefix(1);  // the slash
    const std::string_view segment = path.substr(0, path.find('/'));
    segments.push_back(segment);
    path.remove_prefix(segment.size());
  }
  return segments;
}

Error invalid(const Route& route, std::string reason) {
  return Error("route.invalid",
               {{"plugin", route.plugin},
                {"route", route.info.method + " " + route.info.path},
                {"reason", std::move(reason)}},
               {}, CINNABAR_FAILED);
}

// Deny by default: a route that does not say who may is a mistake, and answers nobody.
void check_declared(const Route& route, const std::vector<std::string>& names) {
  const RouteInfo& info = route.info;
  for (const std::string& named : {info.object, info.enterprise})
    if (!named.empty() && std::find(names.begin(), names.end(), named) == names.end())
      throw invalid(route, "the path has no parameter {" + named + "}");
  if (!info.open && !info.self && !info.operator_only && info.permission.empty() &&
      info.enterprise.empty())
    throw invalid(route, "it does not say who may: open, self, operators, may or of");
  if (info.open && (info.self || info.operator_only || !info.permission.empty() ||
                    !info.enterprise.empty() || !info.object.empty()))
    throw invalid(route, "an open route asks nobody who they are");
}

}  // namespace

struct Router::Node {
  struct Pattern {
    std::string before, after;  // the literal text around the parameter
    std::unique_ptr<Node> node;
  };
  struct End {
    const Route* route;
    std::vector<std::string> names;  // of the parameters, in order
  };
  std::map<std::string, std::unique_ptr<Node>, std::less<>> literals;
  std::vector<Pattern> patterns;                 // most literal text first
  std::unique_ptr<Node> rest;                    // an end that takes all that follows
  std::map<std::string, End, std::less<>> ends;  // by method

  Node& pattern(std::string_view before, std::string_view after) {
    for (Pattern& known : patterns)
      if (known.before == before && known.after == after) return *known.node;
    patterns.push_back({std::string(before), std::string(after), std::make_unique<Node>()});
    Node& made = *patterns.back().node;
    std::stable_sort(patterns.begin(), patterns.end(), [](const Pattern& a, const Pattern& b) {
      return a.before.size() + a.after.size() > b.before.size() + b.after.size();
    });
    return made;
  }

  // The node where the path ends, with the parameters' values; null when there is none.
  const Node* walk(const std::vector<std::string_view>& path, std::size_t at,
                   std::vector<std::string_view>& values) const {
    if (at == path.size()) return ends.empty() ? nullptr : this;
    const std::string_view segment = path[at];
    const auto literal = literals.find(segment);
    if (literal != literals.end())
      if (const Node* end = literal->second->walk(path, at + 1, values)) return end;
    for (const Pattern& known : patterns) {
      const std::size_t around = known.before.size() + known.after.size();
      if (segment.size() <= around || segment.size() - around > kParameterSizeMax ||
          !segment.starts_with(known.before) || !segment.ends_with(known.after))
        continue;
      values.push_back(segment.substr(known.before.size(), segment.size() - around));
      if (const Node* end = known.node->walk(path, at + 1, values)) return end;
      values.pop_back();
    }
    const char* const end = path.back().data() + path.back().size();
    if (!rest || segment.data() == end) return nullptr;
    values.emplace_back(segment.data(), static_cast<std::size_t>(end - segment.data()));
    return rest.get();
  }
};

Router::Router() : root_(std::make_unique<Node>()) {}
Router::~Router() = default;

void Router::add(Route added) {
  auto route = std::make_unique<Route>(std::move(added));
  const std::string& path = route->info.path;
  if (!path.starts_with('/')) throw invalid(*route, "the path must begin with a slash");
  Node* node = root_.get();
  std::vector<std::string> names;
  for (const std::string_view segment : segments_of(path)) {
    const std::size_t open = segment.find('{');
    if (open == std::string_view::npos) {
      auto& child = node->literals[std::string(segment)];
      if (!child) child = std::make_unique<Node>();
      node = child.get();
      continue;
    }
    const std::size_t close = segment.find('}', open);
    if (close == std::string_view::npos || close == open + 1)
      throw invalid(*route, "a parameter is written {name}");
    if (segment.ends_with(kRestMark)) {
      // The description of the API has no word for such a path.
      if (open != 0 || segment.data() + segment.size() != path.data() + path.size() ||
          segment.size() == kRestMark.size() + 1 || !route->info.site)
        throw invalid(*route, "a parameter {name...} ends the path of a page");
      names.emplace_back(segment.substr(1, segment.size() - 1 - kRestMark.size()));
      if (!node->rest) node->rest = std::make_unique<Node>();
      node = node->rest.get();
      break;
    }
    names.emplace_back(segment.substr(open + 1, close - open - 1));
    node = &node->pattern(segment.substr(0, open), segment.substr(close + 1));
  }
  check_declared(*route, names);
  const auto taken = node->ends.find(route->info.method);
  if (taken != node->ends.end())
    throw Error("route.conflict",
                {{"route", route->info.method + " " + path},
                 {"plugin", route->plugin},
                 {"other", taken->second.route->plugin}},
                {}, CINNABAR_FAILED);
  node->ends.emplace(route->info.method, Node::End{route.get(), std::move(names)});
  routes_.push_back(std::move(route));
}

RouteMatch Router::find(std::string_view method, std::string_view path) const {
  RouteMatch match;
  std::vector<std::string_view> values;
  const Node* node = root_->walk(segments_of(path), 0, values);
  if (!node) return match;
  const auto end = node->ends.find(method == "HEAD" ? "GET" : method);
  if (end == node->ends.end()) {
    for (const auto& [name, route] : node->ends) match.allowed.push_back(name);
    return match;
  }
  match.route = end->second.route;
  for (std::size_t i = 0; i < values.size(); ++i)
    match.params.emplace(end->second.names[i], std::string(values[i]));
  if (match.route->info.path.ends_with(kRestMark))
    match.rest = static_cast<std::size_t>(values.back().data() - path.data());
  return match;
}

std::shared_ptr<const RouteTables> make_routes(const std::vector<DescribedDomain>& domains) {
  auto tables = std::make_shared<RouteTables>();
  for (const auto& [provider, description] : domains)
    for (const RouteInfo& info : description.routes)
      (info.site ? tables->site : tables->api)
          .add({info, provider->name, provider->manifest->id, provider->manifest->table_prefix});
  return tables;
}

}  // namespace cinnabar::kernel
