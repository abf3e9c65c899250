// What one signature costs against raw hand-built CMS, as lines of "name limit_us engine_us ratio".
#include <engine_cost.hpp>

#include <cstdio>

using cinnabar::pades::Cost;
using cinnabar::pades::CostPlan;
using cinnabar::pades::measure_cost;
using cinnabar::pades::measure_growth;
using cinnabar::pades::measure_two_threads;

int main() {
  struct Case {
    const char* name;
    CostPlan plan;
  };
  const Case cases[] = {
      {"sign.ecdsa_p256.90KB", {"ec-p256", 90'000, "B-B", 15, 40}},
      {"sign.ecdsa_p256.10MB", {"ec-p256", 10'000'000, "B-B", 15, 40}},
      {"sign.ecdsa_p256.90KB.timestamped", {"ec-p256", 90'000, "B-T", 15, 40}},
      {"sign.ecdsa_p256.90KB.long_term", {"ec-p256", 90'000, "B-LT", 15, 40}},
      {"sign.ecdsa_p256.90KB.archived", {"ec-p256", 90'000, "B-LTA", 15, 40}},
      {"sign.ecdsa_p384.90KB", {"ec-p384", 90'000, "B-B", 15, 20}},
      {"sign.rsa_2048.90KB", {"rsa-2048", 90'000, "B-B", 15, 10}},
      {"sign.rsa_2048.10MB", {"rsa-2048", 10'000'000, "B-B", 15, 10}},
      {"sign.rsa_2048.90KB.timestamped", {"rsa-2048", 90'000, "B-T", 15, 10}},
      {"sign.rsa_3072.90KB", {"rsa-3072", 90'000, "B-B", 15, 5}},
  };
  const auto print = [](const char* name, const Cost& cost) {
    std::printf("%s %.2f %.2f %.4f\n", name, cost.limit_us, cost.engine_us, cost.ratio);
    std::fflush(stdout);
  };
  for (const Case& c : cases) print(c.name, measure_cost(c.plan));
  print("sign.ecdsa_p256.10MB_over_90KB",
        measure_growth({"ec-p256", 90'000, "B-B", 15, 40}, 10'000'000));
  print("sign.rsa_2048.10MB_over_90KB",
        measure_growth({"rsa-2048", 90'000, "B-B", 15, 10}, 10'000'000));
  print("sign.two_threads", measure_two_threads({"ec-p256", 90'000, "B-T", 15, 200}));
  return 0;
}
