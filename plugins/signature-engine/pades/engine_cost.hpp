// What one signature by the engine costs, against the limit: our hand-built CMS with the same
// attributes over a digest that is given. CPU time of one thread, both in turns, median of the
// rounds' ratios. For bench/; built with CINNABAR_BENCH.
#pragma once

#include <string>

namespace cinnabar::pades {

struct CostPlan {
  std::string algorithm = "ec-p256";  // as the key store names it
  std::size_t document_size = 90'000;
  bool stamped = false;  // B-T; then the limit is the raw cost of both signatures
  int rounds = 15;
  int signatures = 40;  // of each kind in a round
};

struct Cost {
  double raw_us = 0;     // median, one signature
  double engine_us = 0;  // median
  double ratio = 0;      // median of engine / raw of each round
};

Cost measure_cost(const CostPlan& plan);

}  // namespace cinnabar::pades
