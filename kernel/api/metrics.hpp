// Metrics: counters and histograms that the parts of the kernel count into, and figures that are
// asked for when somebody looks. As text of the Prometheus exposition format 0.0.4.
// Counting is lock-free once a counter was looked up; counters live as long as the registry. Any
// thread.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cinnabar::kernel {

using MetricLabels = std::vector<std::pair<std::string, std::string>>;

class Counter {
 public:
  void add(std::uint64_t count = 1) { value_.fetch_add(count, std::memory_order_relaxed); }
  std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

// Of durations; the bounds reach from a cached answer to a deadline.
class Histogram {
 public:
  static constexpr std::array<double, 11> kBoundsS{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
                                                   0.1,   0.25,   0.5,   1,    5};
  void observe_us(std::uint64_t us);
  std::uint64_t count(std::size_t bucket) const { return counts_[bucket].value(); }
  double sum_s() const { return static_cast<double>(sum_us_.value()) / 1e6; }

 private:
  std::array<Counter, kBoundsS.size() + 1> counts_;  // each its own bucket; the last: above all
  Counter sum_us_;
};

// One scrape's text: figures of one family follow each other.
class MetricsPage {
 public:
  void family(std::string_view name, std::string_view type, std::string_view help);
  void value(std::string_view name, const MetricLabels& labels, double value);
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

class Metrics {
 public:
  Counter& counter(const std::string& name, const std::string& help,
                   const MetricLabels& labels = {});
  Histogram& histogram(const std::string& name, const std::string& help,
                       const MetricLabels& labels = {});
  // Asked at each scrape.
  void gauge(const std::string& name, const std::string& help, std::function<double()> value);
  // For figures that somebody else keeps; writes whole families.
  void collect(std::function<void(MetricsPage&)> write);

  std::string text() const;

 private:
  template <class T>
  struct Family {
    std::string help;
    std::map<MetricLabels, std::unique_ptr<T>> members;
  };
  template <class T>
  T& find(std::map<std::string, Family<T>>& families, const std::string& name,
          const std::string& help, const MetricLabels& labels);

  mutable std::mutex mutex_;
  std::map<std::string, Family<Counter>> counters_;
  std::map<std::string, Family<Histogram>> histograms_;
  std::map<std::string, std::pair<std::string, std::function<double()>>> gauges_;
  std::vector<std::function<void(MetricsPage&)>> collectors_;
};

}  // namespace cinnabar::kernel
