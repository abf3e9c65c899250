#include "@ident@.hpp"

#include <cinnabar/testing/fake_host.hpp>
#include <cinnabar/testing/local_service.hpp>

#include <gtest/gtest.h>

namespace @ident@_plugin {
namespace {

using namespace cinnabar;
using cinnabar::testing::LocalService;

// The engine behind: tells the place of the signature as its segment.
class Behind final : public SignatureEngine {
 public:
  DocumentState base_state(const BaseRequest& in, const Call&) override {
    DocumentState out;
    out.length = static_cast<std::int64_t>(in.document.text().size());
    return out;
  }
  Signed sign(const SignRequest& in, const Call&) override {
    return {Bytes(in.location), in.state, "digest", ""};
  }
  Archived archive(const ArchiveRequest& in, const Call&) override { return {{}, in.state, {}}; }
};

class @Class@Test : public ::testing::Test {
 protected:
  @Class@Test() { fake_.add_service<SignatureEngine>(behind_, "pades"); }

  std::string place(const std::string& asked, const std::string& config) {
    const LocalService<SignatureEngine> service(engine_, "ent_a", config);
    SignRequest request;
    request.location = asked;
    return service->sign(request).segment.text();
  }

  Behind behind_;
  cinnabar::testing::FakeHost fake_;
  @Class@ engine_{fake_.host()};
};

TEST_F(@Class@Test, GivesEverySignatureAPlace) {
  EXPECT_EQ(place("", R"({"location":"上海"})"), "上海");
  EXPECT_EQ(place("北京", R"({"location":"上海"})"), "北京");
  EXPECT_EQ(place("", "{}"), "");
}

TEST_F(@Class@Test, HandsTheRestOn) {
  const LocalService<SignatureEngine> service(engine_);
  EXPECT_EQ(service->base_state({Bytes("1234"), {}}).length, 4);
  ArchiveRequest request;
  request.state.length = 9;
  EXPECT_EQ(service->archive(request).state.length, 9);
}

TEST_F(@Class@Test, DoesNotHandOnToItself) {
  EXPECT_THROW(place("", R"({"provider":"@name@"})"), Error);
  EXPECT_TRUE(fake_.invocations().empty());
}

}  // namespace
}  // namespace @ident@_plugin
