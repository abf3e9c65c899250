#include "engine_cost.hpp"

#include "test_document.hpp"
#include "test_signing.hpp"

#include <time.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <thread>

namespace cinnabar::pades {
namespace {

double thread_us() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_nsec) / 1e3;
}

template <class Work>
double mean_us(int times, Work work) {
  const double begin = thread_us();
  for (int i = 0; i < times; ++i) work();
  return (thread_us() - begin) / times;
}

double median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + static_cast<long>(values.size() / 2),
                   values.end());
  return values[values.size() / 2];
}

// A seal of some 1,500 segments, about what the outlines of a dozen characters take.
Drawing real_seal() {
  std::string content = "0.8 0.1 0.1 rg\n";
  for (int i = 0; i < 1'500; ++i) {
    const double angle = 0.41 * i, radius = 20 + i % 37;
    content += std::to_string(60 + radius * std::cos(angle)) + " " +
               std::to_string(60 + radius * std::sin(angle)) + (i % 20 == 0 ? " m\n" : " l\n");
  }
  Drawing drawing;
  drawing.content = Bytes(content + "f\n");
  drawing.width = drawing.height = 119;
  return drawing;
}

// One engine, one signer, and a document to be sealed by it.
class Bench {
 public:
  explicit Bench(const CostPlan& plan)
      : level_(plan.level),
        signer_(testing::make_identity(trust_.keys, {"Signer", plan.algorithm, false, false},
                                       &trust_.root)),
        signing_(trust_.signing(signer_)),
        raw_signer_({signer_.chain.begin(), signer_.chain.end()},
                    digest_for(signer_.chain.front())) {
    TestPlan layout;
    layout.fields = {{"seal", 1, 100, 100, 120, 120}, {"archive", 1, 0, 0, 0, 0}};
    layout.padding = plan.document_size;
    layout.long_term = true;
    const TestDocument document = make_document(layout);
    request_ = request_of(document.map, document.state(), signer_);
    request_.level = plan.level;
    request_.marks = {{"seal", 0, 0, 1}};
    request_.drawings = {real_seal()};
    request_.signer_name = "测试企业有限公司";
    request_.archive_field = "archive";
    // Proofs are asked for once, as authorities keep their answers.
    signing_.prove = [proof = trust_.proof(signer_)] { return proof; };
    signing_.stamping.prove = [proof = trust_.proof(trust_.tsa)](const Bytes&) { return proof; };
  }

  std::size_t raw() {
    const std::string digest = raw_signer_.digest_of("a document");
    const std::string attributes = raw_signer_.attributes(cms::kData, digest);
    const std::string signature =
        signing_.sign(raw_signer_.digest_name(), raw_signer_.attributes_digest(attributes));
    Stamp stamp;
    if (level_ != "B-B") stamp = signing_.stamping.stamp(sha256(signature));
    if (level_ == "B-LTA") signing_.stamping.stamp(sha256(attributes));
    return raw_signer_.assemble(cms::kData, {}, attributes, signature, stamp.token.view()).size();
  }
  std::size_t whole() { return engine_.sign(request_, signing_).segment.size(); }

 private:
  std::string level_;
  TestTrust trust_;
  testing::TestIdentity signer_;
  Signing signing_;
  CmsSigner raw_signer_;
  SignRequest request_;
  PadesEngine engine_;
};

template <class Limit, class Engine>
Cost in_turns(const CostPlan& plan, Limit limit, Engine engine) {
  limit();
  engine();
  std::vector<double> limits, engines, ratios;
  for (int round = 0; round < plan.rounds; ++round) {
    limits.push_back(mean_us(plan.signatures, limit));
    engines.push_back(mean_us(plan.signatures, engine));
    ratios.push_back(engines.back() / limits.back());
  }
  return {median(limits), median(engines), median(ratios)};
}

double wall_us() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration<double, std::micro>(now).count();
}

}  // namespace

Cost measure_cost(const CostPlan& plan) {
  Bench bench(plan);
  return in_turns(
      plan, [&] { bench.raw(); }, [&] { bench.whole(); });
}

Cost measure_growth(const CostPlan& plan, std::size_t larger_size) {
  CostPlan larger_plan = plan;
  larger_plan.document_size = larger_size;
  Bench bench(plan), larger(larger_plan);
  return in_turns(
      plan, [&] { bench.whole(); }, [&] { larger.whole(); });
}

Cost measure_two_threads(const CostPlan& plan) {
  Bench bench(plan);
  bench.whole();
  const auto work = [&] {
    for (int i = 0; i < plan.signatures; ++i) bench.whole();
  };
  std::vector<double> halves, boths, ratios;
  for (int round = 0; round < plan.rounds; ++round) {
    double begin = wall_us();
    work();
    halves.push_back((wall_us() - begin) / plan.signatures / 2);
    begin = wall_us();
    std::thread other(work);
    work();
    other.join();
    boths.push_back((wall_us() - begin) / plan.signatures / 2);
    ratios.push_back(boths.back() / halves.back());
  }
  return {median(halves), median(boths), median(ratios)};
}

}  // namespace cinnabar::pades
