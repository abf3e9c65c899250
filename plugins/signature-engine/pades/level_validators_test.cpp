// Each algorithm at each level, judged by programs that are not ours: pdfsig, qpdf, mutool,
// openssl. One that is missing is a failure.
#include "test_story.hpp"

#include <gtest/gtest.h>

#include <cstdio>

namespace cinnabar::pades {
namespace {

constexpr const char* kAlgorithms[] = {"rsa-2048", "rsa-3072", "rsa-4096", "ec-p256", "ec-p384"};

struct World {
  TestTrust trust;
  std::map<std::string, testing::TestIdentity> signers;
  testing::TestFolder folder;
  std::filesystem::path root;
  World() {
    for (const char* algorithm : kAlgorithms)
      signers[algorithm] =
          testing::make_identity(trust.keys, {algorithm, algorithm, false, false}, &trust.root);
    root = write_file(folder, "root.pem", testing::to_pem(trust.root.chain.front()));
  }
};

World& world() {
  static World kWorld;
  return kWorld;
}

// What a signature's ranges leave out and cover, as the tools want it.
struct Cut {
  std::string cms, content;
};

std::vector<Cut> cuts_of(const std::string& file) {
  std::vector<Cut> out;
  for (std::size_t at = 0; (at = file.find("/ByteRange [", at)) != std::string::npos; ++at) {
    long long a = 0, b = 0, c = 0;
    if (std::sscanf(file.c_str() + at, "/ByteRange [0 %lld %lld %lld]", &a, &b, &c) != 3) continue;
    const auto gap = static_cast<std::size_t>(a), after = static_cast<std::size_t>(b);
    const auto contents = from_hex(file.substr(gap + 1, after - gap - 2));
    if (!contents) continue;
    out.push_back({std::string(der::Reader(*contents).next().whole),
                   file.substr(0, gap) + file.substr(after, static_cast<std::size_t>(c))});
  }
  return out;
}

using Case = std::tuple<const char*, const char*>;
class LevelValidators : public ::testing::TestWithParam<Case> {};

INSTANTIATE_TEST_SUITE_P(
    All, LevelValidators,
    ::testing::Combine(::testing::ValuesIn(kAlgorithms),
                       ::testing::Values("B-B", "B-T", "B-LT", "B-LTA")),
    [](const auto& info) {
      std::string name = std::string(std::get<0>(info.param)) + "_" + std::get<1>(info.param);
      std::replace(name.begin(), name.end(), '-', '_');
      return name;
    });

// Certified by the platform, then two acts of the signer, and at B-LTA renewed twice.
Story story_of(const Case& c) {
  const auto& [algorithm, level] = c;
  const bool archived = level == std::string("B-LTA");
  const testing::TestIdentity& signer = world().signers.at(algorithm);
  TestPlan plan;
  plan.long_term = level == std::string("B-LT") || archived;
  // Cross-reference streams with every other algorithm.
  plan.xref_stream = algorithm == std::string("rsa-3072") || algorithm == std::string("ec-p256");
  plan.fields = {{"certification", 1, 0, 0, 0, 0},
                 {"first", 1, 80, 100, 130, 130},
                 {"second", 1, 300, 100, 130, 130}};
  if (archived)
    for (int i = 1; i <= 5; ++i) plan.fields.push_back({archive_name(i), 1, 0, 0, 0, 0});
  Story story(world().trust, plan, level);
  story.act(world().trust.platform, true, {{"certification", 0, 0, 1}}, {});
  story.act(signer, false, {{"first", 0, 0, 1}}, {make_seal(119, 119)});
  story.act(signer, false, {{"second", 0, 0, 1}}, {make_seal(119, 119)});
  if (archived) {
    story.renew();
    story.renew();
  }
  return story;
}

TEST_P(LevelValidators, AcceptEverySignatureAndTheWholeFile) {
  const Story story = story_of(GetParam());
  const bool archived = std::get<1>(GetParam()) == std::string("B-LTA");
  const auto file = write_file(world().folder, "a.pdf", story.file);
  const ToolRun check = run_tool({"qpdf", "--check", file.string()});
  EXPECT_EQ(check.status, 0) << check.output;
  EXPECT_EQ(check.output.find("WARNING"), std::string::npos) << check.output;

  const ToolRun pdfsig = run_tool({"pdfsig", file.string()});
  EXPECT_EQ(count_of(pdfsig.output, "Signature is Valid."), 3u) << pdfsig.output;
  EXPECT_EQ(pdfsig.output.find("nvalid"), std::string::npos) << pdfsig.output;

  const ToolRun mutool = run_tool({"mutool", "sign", "-v", file.string()});
  EXPECT_EQ(mutool.status, 0) << mutool.output;
  EXPECT_EQ(mutool.output.find("Digest error"), std::string::npos) << mutool.output;
  EXPECT_EQ(mutool.output.find("invalidated"), std::string::npos) << mutool.output;

  const auto cuts = cuts_of(story.file);
  ASSERT_EQ(cuts.size(), archived ? 8u : 3u);
  int timestamps = 0;
  for (const Cut& cut : cuts) {
    const auto cms = write_file(world().folder, "s.der", cut.cms);
    const auto content = write_file(world().folder, "s.bin", cut.content);
    const std::string data = content.string(), root = world().root.string();
    const bool stamp = cut.cms.find(cms::kTimeStampInfo) < 64;
    timestamps += stamp;
    const ToolRun run =
        stamp ? run_tool({"openssl", "ts", "-verify", "-token_in", "-in", cms.string(), "-data",
                          data, "-CAfile", root})
              : run_tool({"openssl", "cms", "-verify", "-cades", "-binary", "-inform", "DER",
                          "-in", cms.string(), "-content", data, "-CAfile", root, "-purpose",
                          "any", "-out", "/dev/null"});
    EXPECT_EQ(run.status, 0) << run.output;
  }
  EXPECT_EQ(timestamps, archived ? 5 : 0);
}

}  // namespace
}  // namespace cinnabar::pades
