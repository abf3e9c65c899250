// What one signature costs against raw hand-built CMS, as lines of "name raw_us engine_us ratio".
#include <engine_cost.hpp>

#include <cstdio>

using cinnabar::pades::Cost;
using cinnabar::pades::CostPlan;
using cinnabar::pades::measure_cost;

int main() {
  struct Case {
    const char* name;
    CostPlan plan;
  };
  const Case cases[] = {
      {"sign.ecdsa_p256.90KB", {"ec-p256", 90'000, false, 15, 40}},
      {"sign.ecdsa_p256.10MB", {"ec-p256", 10'000'000, false, 15, 40}},
      {"sign.ecdsa_p256.90KB.timestamped", {"ec-p256", 90'000, true, 15, 40}},
      {"sign.rsa_2048.90KB", {"rsa-2048", 90'000, false, 15, 10}},
      {"sign.rsa_2048.10MB", {"rsa-2048", 10'000'000, false, 15, 10}},
  };
  for (const Case& c : cases) {
    const Cost cost = measure_cost(c.plan);
    std::printf("%s %.2f %.2f %.4f\n", c.name, cost.raw_us, cost.engine_us, cost.ratio);
    std::fflush(stdout);
  }
  return 0;
}
