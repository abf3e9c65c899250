// What one signature by the engine costs, against the limit: our hand-built CMS with the same
// attributes over a digest that is given. CPU time of one thread, both in turns, median of the
// rounds' ratios. For bench/; built with CINNABAR_BENCH.
#pragma once

#include <string>

namespace cinnabar::pades {

struct CostPlan {
  std::string algorithm = "ec-p256";  // as the key store names it
  std::size_t document_size = 90'000;
  // The limit is the raw cost of all signatures that the level asks for: from B-T on with that of
  // the timestamp, at B-LTA with that of the document timestamp.
  std::string level = "B-B";
  int rounds = 15;
  int signatures = 40;  // of each kind in a round
};

struct Cost {
  double limit_us = 0;   // median, one signature
  double engine_us = 0;  // median
  double ratio = 0;      // median of engine / limit of each round
};

Cost measure_cost(const CostPlan& plan);

// A document of so many bytes against that of the plan, which is the limit.
Cost measure_growth(const CostPlan& plan, std::size_t larger_size);

// Two threads signing at once against one: wall time of a signature, in turns; the limit is half of
// what one thread takes.
Cost measure_two_threads(const CostPlan& plan);

}  // namespace cinnabar::pades
