#include "engine_cost.hpp"

#include "test_document.hpp"
#include "test_signing.hpp"

#include <time.h>

#include <algorithm>
#include <cmath>

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

}  // namespace

Cost measure_cost(const CostPlan& plan) {
  TestTrust trust;
  const testing::TestIdentity signer =
      testing::make_identity(trust.keys, {"Signer", plan.algorithm, false, false}, &trust.root);
  TestPlan layout;
  layout.fields = {{"seal", 1, 100, 100, 120, 120}};
  layout.padding = plan.document_size;
  const TestDocument document = make_document(layout);
  SignRequest request = request_of(document.map, document.state(), signer);
  request.level = plan.stamped ? "B-T" : "B-B";
  request.marks = {{"seal", 0, 0, 1}};
  request.drawings = {real_seal()};
  request.signer_name = "测试企业有限公司";

  PadesEngine engine;
  const Signing signing = trust.signing(signer);
  const CmsSigner raw_signer({signer.chain.begin(), signer.chain.end()});
  const std::string digest = sha256("a document");
  const auto raw = [&] {
    const std::string attributes = raw_signer.attributes(cms::kData, digest);
    const std::string signature = signing.sign("sha256", raw_signer.attributes_digest(attributes));
    Stamp stamp;
    if (plan.stamped) stamp = signing.stamping.stamp(sha256(signature));
    return raw_signer.assemble(cms::kData, {}, attributes, signature, stamp.token.view()).size();
  };
  const auto whole = [&] { return engine.sign(request, signing).segment.size(); };
  raw();
  whole();

  std::vector<double> raws, wholes, ratios;
  for (int round = 0; round < plan.rounds; ++round) {
    raws.push_back(mean_us(plan.signatures, raw));
    wholes.push_back(mean_us(plan.signatures, whole));
    ratios.push_back(wholes.back() / raws.back());
  }
  return {median(raws), median(wholes), median(ratios)};
}

}  // namespace cinnabar::pades
