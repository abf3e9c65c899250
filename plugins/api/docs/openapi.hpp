// OpenAPI 3.1 of all routes under /api/v1, made from what the domains declare of themselves. Pure
// functions; any thread.
#pragma once

#include <cinnabar/services/domain.hpp>

namespace cinnabar {

// The schemas of all domains under one roof. Where two of them use one name for different things,
// the later one's is put before with its domain's name ("seal.Item").
class SchemaSet {
 public:
  // Takes a domain's schemas over; its routes' type names are found with name() afterwards.
  void add(const std::string& domain, const Json& schemas);
  std::string name(const std::string& domain, const std::string& type) const;
  const Json& schemas() const { return schemas_; }

 private:
  Json schemas_ = Json::object();
  std::map<std::string, std::string> renamed_;  // "seal/Item" to "seal.Item"
};

struct DescribedDomain {
  std::string name;  // of its binding
  DomainDescription description;
};

Json openapi_document(const std::vector<DescribedDomain>& domains, const std::string& version);

}  // namespace cinnabar
