// load_bench LOAD PORT CLIENTS SECONDS RATE < plan.json; LOAD is lives, mixture or offenders.
#include "load.hpp"

#include <cinnabar/json.hpp>

#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <iterator>

namespace {

int usage() {
  std::fputs("usage: load_bench LOAD PORT CLIENTS SECONDS RATE < plan.json\n", stderr);
  return 2;
}

}  // namespace

int main(int count, char** arguments) {
  using namespace cinnabar::bench;
  if (count != 6) return usage();
  const std::string plan((std::istreambuf_iterator<char>(std::cin)), {});
  const LoadPlan load{std::atoi(arguments[2]), std::atoi(arguments[3]), std::atof(arguments[4]),
                      std::atof(arguments[5]), cinnabar::from_json<cinnabar::Json>(plan)};
  const std::string kind = arguments[1];
  if (kind == "lives")
    run_lives(load);
  else if (kind == "mixture")
    run_mixture(load);
  else if (kind == "offenders")
    run_offenders(load);
  else
    return usage();
  return 0;
}
