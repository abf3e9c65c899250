#include "kernel/api/metrics.hpp"

#include <cmath>
#include <cstdio>

namespace cinnabar::kernel {
namespace {

std::string number(double value) {
  char out[40];
  if (std::floor(value) == value && std::fabs(value) < 1e15)
    std::snprintf(out, sizeof out, "%.0f", value);
  else
    std::snprintf(out, sizeof out, "%.9g", value);
  return out;
}

std::string escaped(std::string_view text, bool quotes) {
  std::string out;
  for (const char c : text) {
    if (c == '\n') {
      out += "\\n";
    } else {
      if (c == '\\' || (quotes && c == '"')) out += '\\';
      out += c;
    }
  }
  return out;
}

void write_histogram(MetricsPage& page, const std::string& name, const MetricLabels& labels,
                     const Histogram& histogram) {
  std::uint64_t total = 0;
  MetricLabels with_bound = labels;
  with_bound.emplace_back("le", "");
  for (std::size_t i = 0; i <= Histogram::kBoundsS.size(); ++i) {
    total += histogram.count(i);
    with_bound.back().second =
        i < Histogram::kBoundsS.size() ? number(Histogram::kBoundsS[i]) : "+Inf";
    page.value(name + "_bucket", with_bound, static_cast<double>(total));
  }
  page.value(name + "_sum", labels, histogram.sum_s());
  page.value(name + "_count", labels, static_cast<double>(total));
}

}  // namespace

void Histogram::observe_us(std::uint64_t us) {
  std::size_t bucket = 0;
  while (bucket < kBoundsS.size() && static_cast<double>(us) > kBoundsS[bucket] * 1e6) ++bucket;
  counts_[bucket].add();
  sum_us_.add(us);
}

void MetricsPage::family(std::string_view name, std::string_view type, std::string_view help) {
  text_.append("# HELP ").append(name).append(" ").append(escaped(help, false)).append("\n");
  text_.append("# TYPE ").append(name).append(" ").append(type).append("\n");
}

void MetricsPage::value(std::string_view name, const MetricLabels& labels, double value) {
  text_ += name;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    text_ += i == 0 ? "{" : ",";
    text_ += labels[i].first + "=\"" + escaped(labels[i].second, true) + "\"";
  }
  if (!labels.empty()) text_ += "}";
  text_ += " " + number(value) + "\n";
}

template <class T>
T& Metrics::find(std::map<std::string, Family<T>>& families, const std::string& name,
                 const std::string& help, const MetricLabels& labels) {
  const std::lock_guard lock(mutex_);
  Family<T>& family = families[name];
  if (family.help.empty()) family.help = help;
  auto& member = family.members[labels];
  if (!member) member = std::make_unique<T>();
  return *member;
}

Counter& Metrics::counter(const std::string& name, const std::string& help,
                          const MetricLabels& labels) {
  return find(counters_, name, help, labels);
}

Histogram& Metrics::histogram(const std::string& name, const std::string& help,
                              const MetricLabels& labels) {
  return find(histograms_, name, help, labels);
}

void Metrics::gauge(const std::string& name, const std::string& help,
                    std::function<double()> value) {
  const std::lock_guard lock(mutex_);
  gauges_[name] = {help, std::move(value)};
}

void Metrics::collect(std::function<void(MetricsPage&)> write) {
  const std::lock_guard lock(mutex_);
  collectors_.push_back(std::move(write));
}

std::string Metrics::text() const {
  MetricsPage page;
  const std::lock_guard lock(mutex_);
  for (const auto& [name, family] : counters_) {
    page.family(name, "counter", family.help);
    for (const auto& [labels, counter] : family.members)
      page.value(name, labels, static_cast<double>(counter->value()));
  }
  for (const auto& [name, family] : histograms_) {
    page.family(name, "histogram", family.help);
    for (const auto& [labels, histogram] : family.members)
      write_histogram(page, name, labels, *histogram);
  }
  for (const auto& [name, gauge] : gauges_) {
    page.family(name, "gauge", gauge.first);
    page.value(name, {}, gauge.second());
  }
  for (const auto& write : collectors_) write(page);
  return page.take();
}

}  // namespace cinnabar::kernel
