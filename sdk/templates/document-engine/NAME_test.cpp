#include "@ident@.hpp"

#include <cinnabar/testing/fake_host.hpp>
#include <cinnabar/testing/local_service.hpp>

#include <gtest/gtest.h>

namespace @ident@_plugin {
namespace {

using namespace cinnabar;
using cinnabar::testing::LocalService;

// The engine behind: says how many pages its input has bytes.
class Behind final : public DocumentEngine {
 public:
  Inspection inspect(const InspectRequest& in, const Call&) override {
    Inspection out;
    out.pages.resize(in.document.text().size());
    return out;
  }
  Frozen freeze(const FreezeRequest& in, const Call&) override { return {in.document, {}}; }
  Rendered render(const RenderRequest& in, const Call&) override {
    return {in.document, in.page, in.dpi};
  }
  PageTexts text(const TextRequest&, const Call&) override { return {{"one"}}; }
};

class @Class@Test : public ::testing::Test {
 protected:
  @Class@Test() { fake_.add_service<DocumentEngine>(behind_, "pdf"); }

  static InspectRequest pages(std::size_t count) {
    InspectRequest out;
    out.document = Bytes(std::string(count, 'p'));
    return out;
  }
  std::string refusal(const std::string& config, std::size_t count) {
    const LocalService<DocumentEngine> service(engine_, "ent_a", config);
    try {
      service->inspect(pages(count));
      return "none";
    } catch (const Error& error) {
      return error.code();
    }
  }

  Behind behind_;
  cinnabar::testing::FakeHost fake_;
  @Class@ engine_{fake_.host()};
};

TEST_F(@Class@Test, LetsInWhatIsShortEnough) {
  EXPECT_EQ(refusal("{}", 100), "none");
  EXPECT_EQ(refusal("{}", 101), "@ident@.too_long");
  EXPECT_EQ(refusal(R"({"pages_max":3})", 4), "@ident@.too_long");
}

TEST_F(@Class@Test, HandsTheWorkOnForTheSameOwner) {
  const LocalService<DocumentEngine> service(engine_, "ent_a");
  RenderRequest request;
  request.document = Bytes("p");
  request.page = 3;
  EXPECT_EQ(service->render(request).width, 3);
  EXPECT_EQ(service->text({}).pages.size(), 1u);
  ASSERT_EQ(fake_.invocations().size(), 2u);
  EXPECT_EQ(fake_.invocations()[0].name, "pdf");
  EXPECT_EQ(fake_.invocations()[0].owner, "ent_a");
}

TEST_F(@Class@Test, DoesNotHandOnToItself) {
  EXPECT_EQ(refusal(R"({"provider":"@name@"})", 1), "@ident@.provider_unfit");
  EXPECT_TRUE(fake_.invocations().empty());
}

}  // namespace
}  // namespace @ident@_plugin
