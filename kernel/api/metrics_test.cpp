#include "kernel/api/metrics.hpp"

#include "kernel/api/rate_limit.hpp"

#include <gtest/gtest.h>

namespace cinnabar::kernel {
namespace {

TEST(Metrics, WritesTheExpositionFormat) {
  Metrics metrics;
  metrics.counter("a_total", "Things\nso far.", {{"kind", "x\"y"}}).add(3);
  metrics.counter("a_total", "Things\nso far.", {{"kind", "x\"y"}}).add();
  metrics.gauge("b", "Now.", [] { return 2.5; });
  metrics.collect([](MetricsPage& page) {
    page.family("c", "gauge", "Elsewhere.");
    page.value("c", {}, 7);
  });
  EXPECT_EQ(metrics.text(),
            "# HELP a_total Things\\nso far.\n# TYPE a_total counter\na_total{kind=\"x\\\"y\"} 4\n"
            "# HELP b Now.\n# TYPE b gauge\nb 2.5\n"
            "# HELP c Elsewhere.\n# TYPE c gauge\nc 7\n");
}

TEST(Metrics, HistogramsAddUp) {
  Metrics metrics;
  Histogram& histogram = metrics.histogram("h", "Time.");
  for (const std::uint64_t us : {500, 1000, 3000, 10'000'000}) histogram.observe_us(us);
  const std::string text = metrics.text();
  EXPECT_NE(text.find("h_bucket{le=\"0.001\"} 2\n"), std::string::npos) << text;
  EXPECT_NE(text.find("h_bucket{le=\"0.005\"} 3\n"), std::string::npos) << text;
  EXPECT_NE(text.find("h_bucket{le=\"5\"} 3\n"), std::string::npos) << text;
  EXPECT_NE(text.find("h_bucket{le=\"+Inf\"} 4\n"), std::string::npos) << text;
  EXPECT_NE(text.find("h_sum 10.0045\n"), std::string::npos) << text;
  EXPECT_NE(text.find("h_count 4\n"), std::string::npos) << text;
}

TEST(RateLimit, FillsEvenlyAndKeepsCallersApart) {
  RateLimit limit(60);
  for (int i = 0; i < 60; ++i) EXPECT_TRUE(limit.take("a", 0).allowed);
  EXPECT_FALSE(limit.take("a", 0).allowed);
  EXPECT_EQ(limit.take("a", 0).seconds, 1);
  EXPECT_TRUE(limit.take("b", 0).allowed);
  EXPECT_TRUE(limit.take("a", 1000).allowed);
  EXPECT_FALSE(limit.take("a", 1000).allowed);
  EXPECT_EQ(limit.take("a", 10'000'000).remaining, 59);
}

TEST(RateLimit, OffMeansEverybody) {
  RateLimit limit(0);
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(limit.take("a", 0).allowed);
}

}  // namespace
}  // namespace cinnabar::kernel
