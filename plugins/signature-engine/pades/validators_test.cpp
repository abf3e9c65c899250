// Whole documents judged by programs that are not ours: pdfsig, qpdf, mutool, openssl, and what
// poppler draws. The programs are installed by `make test`; one that is missing is a failure.
#include "test_story.hpp"

#include <gtest/gtest.h>

#include <cstdio>

namespace cinnabar::pades {
namespace {

std::string numbered(std::string name, int number) {
  name += std::to_string(number);
  return name;
}

constexpr int kPages = 6;

// Certified by the platform, sealed by an enterprise, signed by a person in two places, and sealed
// over all pages.
Story whole_story(TestTrust& trust, bool xref_stream) {
  TestPlan plan;
  plan.xref_stream = xref_stream;
  plan.final_newline = false;
  plan.rotations.assign(kPages, 0);
  plan.rotations[1] = 90;
  plan.rotations[2] = 270;
  plan.fields = {{"certification", 1, 0, 0, 0, 0},
                 {"company", 1, 300, 100, 130, 130},
                 {"person1", 1, 80, 120, 110, 50},
                 {"person2", 2, 80, 120, 50, 110}};
  std::vector<Mark> slices;
  for (int page = 1; page <= kPages; ++page) {
    plan.fields.push_back({numbered("page", page), page, 575, 380, 20, 120});
    slices.push_back({numbered("page", page), 0, page - 1, kPages});
    if (plan.rotations[static_cast<std::size_t>(page - 1)] != 0) {
      plan.fields.back().width = 120;
      plan.fields.back().height = 20;
      plan.fields.back().x = 200;
      plan.fields.back().y = page == 2 ? 822 : 0;
    }
  }
  Story story(trust, plan);
  story.act(trust.platform, true, {{"certification", 0, 0, 1}}, {});
  story.act(trust.enterprise, false, {{"company", 0, 0, 1}}, {make_seal(119, 119)});
  story.act(trust.person, false, {{"person1", 0, 0, 1}, {"person2", 0, 0, 1}},
            {make_seal(100, 40)});
  story.act(trust.enterprise, false, slices, {make_seal(120, 120)});
  return story;
}

class Validators : public ::testing::TestWithParam<bool> {
 protected:
  static TestTrust& trust() {
    static TestTrust kTrust;
    return kTrust;
  }
  testing::TestFolder folder;
};

INSTANTIATE_TEST_SUITE_P(XrefKinds, Validators, ::testing::Bool(),
                         [](const auto& info) { return info.param ? "Stream" : "Table"; });

TEST_P(Validators, QpdfFindsNothingAfterAnyAct) {
  const Story story = whole_story(trust(), GetParam());
  for (const std::size_t end : story.ends) {
    const auto file = write_file(folder, "a.pdf", story.file.substr(0, end));
    const ToolRun run = run_tool({"qpdf", "--check", file.string()});
    EXPECT_EQ(run.status, 0) << run.output;
    EXPECT_EQ(run.output.find("WARNING"), std::string::npos) << run.output;
  }
}

TEST_P(Validators, PdfsigCallsEverySignatureValid) {
  const Story story = whole_story(trust(), GetParam());
  const auto file = write_file(folder, "a.pdf", story.file);
  const ToolRun run = run_tool({"pdfsig", file.string()});
  EXPECT_EQ(count_of(run.output, "Signature is Valid."), 4u + kPages) << run.output;
  EXPECT_EQ(count_of(run.output, "ETSI.CAdES.detached"), 4u + kPages) << run.output;
  EXPECT_EQ(count_of(run.output, "- Total document signed"), static_cast<std::size_t>(kPages))
      << run.output;
  EXPECT_EQ(run.output.find("invalid"), std::string::npos) << run.output;
}

TEST_P(Validators, MutoolFindsNoEditsInTheLastAndOnlyLaterOnesBefore) {
  const Story story = whole_story(trust(), GetParam());
  const auto file = write_file(folder, "a.pdf", story.file);
  const ToolRun run = run_tool({"mutool", "sign", "-v", file.string()});
  EXPECT_EQ(run.status, 0) << run.output;
  EXPECT_EQ(count_of(run.output, "erif"), 4u + kPages) << run.output;
  EXPECT_EQ(run.output.find("Digest error"), std::string::npos) << run.output;
  EXPECT_EQ(run.output.find("invalidated"), std::string::npos) << run.output;
  EXPECT_EQ(count_of(run.output, "unchanged since"), static_cast<std::size_t>(kPages))
      << run.output;
}

// Each CMS as cut out by its ByteRange, against our root, as CAdES.
TEST_P(Validators, OpensslVerifiesEverySignature) {
  const Story story = whole_story(trust(), GetParam());
  const auto root = write_file(folder, "root.pem", testing::to_pem(trust().root.chain.front()));
  std::size_t begin = 0;
  for (const std::size_t end : story.ends) {
    const std::size_t at = story.file.find("/ByteRange [", begin);
    long long a = 0, b = 0, c = 0;
    ASSERT_EQ(std::sscanf(story.file.c_str() + at, "/ByteRange [0 %lld %lld %lld]", &a, &b, &c), 3);
    ASSERT_EQ(static_cast<std::size_t>(b + c), end) << "not the whole revision";
    ASSERT_EQ(story.file[static_cast<std::size_t>(a)], '<');
    ASSERT_EQ(story.file[static_cast<std::size_t>(b - 1)], '>');
    const auto first = static_cast<std::size_t>(a), second = static_cast<std::size_t>(b);
    const auto contents = from_hex(story.file.substr(first + 1, second - first - 2));
    ASSERT_TRUE(contents.has_value());
    const std::string_view cms = der::Reader(*contents).next().whole;
    EXPECT_LT(contents->size(), cms.size() + 5'000) << "room is wasted";
    const auto sig = write_file(folder, "s.der", cms);
    const auto content = write_file(
        folder, "s.bin",
        story.file.substr(0, first) + story.file.substr(second, static_cast<std::size_t>(c)));
    const ToolRun run = run_tool({"openssl", "cms", "-verify", "-cades", "-binary", "-inform",
                                  "DER", "-in", sig.string(), "-content", content.string(),
                                  "-CAfile", root.string(), "-out", "/dev/null"});
    EXPECT_EQ(run.status, 0) << run.output;
    begin = end;
  }
}

TEST_P(Validators, OneSignatureSealsTwoHundredPages) {
  constexpr int kManyPages = 200;
  TestPlan plan;
  plan.xref_stream = GetParam();
  plan.rotations.assign(kManyPages, 0);
  std::vector<Mark> slices;
  for (int page = 1; page <= kManyPages; ++page) {
    plan.fields.push_back({numbered("s", page), page, 580, 300, 10, 120});
    slices.push_back({numbered("s", page), 0, (page - 1) % 20, 20});
  }
  Story story(trust(), plan);
  story.act(trust().enterprise, false, slices, {make_seal(119, 119)});
  const auto file = write_file(folder, "a.pdf", story.file);
  const ToolRun check = run_tool({"qpdf", "--check", file.string()});
  EXPECT_EQ(check.status, 0) << check.output;
  const ToolRun run = run_tool({"pdfsig", file.string()});
  EXPECT_EQ(count_of(run.output, "Signature is Valid."), std::size_t{kManyPages});
  EXPECT_EQ(count_of(story.file, "/ByteRange"), 1u);
}

struct Pixels {
  int width = 0, height = 0;
  std::string rgb;
  bool red(int x, int y) const {
    const auto* p = reinterpret_cast<const unsigned char*>(rgb.data()) + 3 * (y * width + x);
    return p[0] > 150 && p[1] < 120 && p[2] < 120;
  }
};

Pixels draw_page(const testing::TestFolder& folder, const std::string& pdf, int page) {
  const auto file = write_file(folder, "draw.pdf", pdf);
  const std::string number = std::to_string(page);
  const ToolRun run = run_tool({"pdftoppm", "-r", "200", "-f", number, "-l", number, "-singlefile",
                                file.string(), (folder.path / "page").string()});
  EXPECT_EQ(run.status, 0) << run.output;
  const std::string ppm = read_file(folder.path / "page.ppm");
  Pixels pixels;
  int header = 0;
  EXPECT_EQ(std::sscanf(ppm.c_str(), "P6 %d %d 255%n", &pixels.width, &pixels.height, &header), 2);
  pixels.rgb = ppm.substr(static_cast<std::size_t>(header) + 1);
  return pixels;
}

struct Box {
  int left = 1 << 30, top = 1 << 30, right = -1, bottom = -1;
};

Box red_box(const Pixels& pixels) {
  Box box;
  for (int y = 0; y < pixels.height; ++y)
    for (int x = 0; x < pixels.width; ++x)
      if (pixels.red(x, y)) {
        box.left = std::min(box.left, x);
        box.right = std::max(box.right, x);
        box.top = std::min(box.top, y);
        box.bottom = std::max(box.bottom, y);
      }
  return box;
}

TEST(Placement, TheDrawingStandsUprightInTheMiddleOfItsFieldOnPagesOfAnyRotation) {
  TestTrust trust;
  testing::TestFolder folder;
  for (const int rotate : {0, 90, 180, 270}) {
    TestPlan plan;
    plan.rotations = {rotate};
    const bool turned = rotate == 90 || rotate == 270;
    plan.fields = {{"f", 1, 120.5, 333.25, turned ? 90.0 : 160.0, turned ? 160.0 : 90.0}};
    Story story(trust, plan);
    story.act(trust.platform, false, {{"f", 0, 0, 1}}, {make_seal(120, 60)});
    const Pixels pixels = draw_page(folder, story.file, 1);

    // The middle of the field on the page as displayed, from the top left, in points.
    const double x = 120.5 + (turned ? 45 : 80), y = 333.25 + (turned ? 80 : 45);
    const double w = kTestPageWidth, h = kTestPageHeight;
    const double middle_x = rotate == 0 ? x : rotate == 90 ? y : rotate == 180 ? w - x : h - y;
    const double middle_y = rotate == 0 ? h - y : rotate == 90 ? x : rotate == 180 ? y : w - x;
    const double scale = 200.0 / 72;
    const Box box = red_box(pixels);
    EXPECT_NEAR(box.left, (middle_x - 60) * scale, 1) << rotate;
    EXPECT_NEAR(box.right + 1, (middle_x + 60) * scale, 1) << rotate;
    EXPECT_NEAR(box.top, (middle_y - 30) * scale, 1) << rotate;
    EXPECT_NEAR(box.bottom + 1, (middle_y + 30) * scale, 1) << rotate;
    // The bar is in the lower left corner of the drawing, as a reader sees it.
    EXPECT_TRUE(pixels.red(box.left + 60, box.bottom - 25)) << rotate;
    EXPECT_FALSE(pixels.red(box.right - 60, box.top + 25)) << rotate;
  }
}

TEST(Placement, SlicesPutTogetherGiveTheWholeSeal) {
  TestTrust trust;
  testing::TestFolder folder;
  constexpr int kSlices = 5;
  TestPlan plan;
  plan.rotations.assign(kSlices, 0);
  std::vector<Mark> marks;
  // 36 points are exactly 100 pixels: slices meet on the borders of pixels.
  for (int page = 1; page <= kSlices; ++page) {
    plan.fields.push_back({numbered("s", page), page, 540, 360, 36, 180});
    marks.push_back({numbered("s", page), 0, page - 1, kSlices});
  }
  Story story(trust, plan);
  story.act(trust.platform, false, marks, {make_seal(180, 180)});

  TestPlan whole_plan;
  whole_plan.fields = {{"whole", 1, 180, 360, 180, 180}};
  Story whole(trust, whole_plan);
  whole.act(trust.platform, false, {{"whole", 0, 0, 1}}, {make_seal(180, 180)});
  const Pixels expected = draw_page(folder, whole.file, 1);

  const int top = expected.height - 1500, left = 1500, width = 100;
  int different = 0;
  for (int page = 0; page < kSlices; ++page) {
    const Pixels part = draw_page(folder, story.file, page + 1);
    for (int y = top; y < top + 500; ++y)
      for (int x = 0; x < width; ++x)
        different += part.red(left + x, y) != expected.red(500 + page * width + x, y);
  }
  EXPECT_LE(different, 20) << "of 250000 pixels";
}

}  // namespace
}  // namespace cinnabar::pades
