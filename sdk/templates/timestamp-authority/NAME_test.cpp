#include "@ident@.hpp"

#include <cinnabar/testing/fake_host.hpp>
#include <cinnabar/testing/local_service.hpp>

#include <gtest/gtest.h>

namespace @ident@_plugin {
namespace {

using namespace cinnabar;
using cinnabar::testing::LocalService;

class Authority final : public TimestampAuthority {
 public:
  Stamp stamp(const StampRequest&, const Call&) override {
    if (away) throw Error("timestamp.unreachable", {}, {}, CINNABAR_UNAVAILABLE);
    return {Bytes("token"), time_ms};
  }
  ValidationData proof(const StampProofRequest& in, const Call&) override {
    if (away) throw Error("timestamp.status_unknown");
    return {{in.token}, {}, {}};
  }
  TimestampAnswer answer(const TimestampQuery& in, const Call&) override { return {in.request}; }

  std::int64_t time_ms = 0;
  bool away = false;
};

class @Class@Test : public ::testing::Test {
 protected:
  @Class@Test() {
    one_.time_ms = 1;
    two_.time_ms = 2;
    fake_.add_service<TimestampAuthority>(one_, "one");
    fake_.add_service<TimestampAuthority>(two_, "two");
  }

  Authority one_, two_;
  cinnabar::testing::FakeHost fake_;
  @Class@ authority_{fake_.host()};
  LocalService<TimestampAuthority> service_{authority_, "ent_a", R"({"providers":["one","two"]})"};
};

TEST_F(@Class@Test, TheFirstStamps) {
  EXPECT_EQ(service_->stamp({"00", "sha256"}).time_ms, 1);
  EXPECT_TRUE(fake_.log().empty());
}

TEST_F(@Class@Test, AnotherStampsWhenTheFirstIsAwayAndTheLogSaysSo) {
  one_.away = true;
  EXPECT_EQ(service_->stamp({"00", "sha256"}).time_ms, 2);
  EXPECT_EQ(service_->proof({Bytes("token")}).certificates.size(), 1u);
  ASSERT_EQ(fake_.log().size(), 2u);
  EXPECT_EQ(fake_.log()[0].text.find("one gives no timestamp"), 0u);
}

TEST_F(@Class@Test, WhenAllAreAwayItCanBeTriedAgain) {
  one_.away = two_.away = true;
  try {
    service_->stamp({"00", "sha256"});
    FAIL() << "nobody was there";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "@ident@.all_away");
    EXPECT_EQ(error.status(), CINNABAR_UNAVAILABLE);
  }
}

TEST_F(@Class@Test, DoesNotHandOnToItself) {
  const LocalService<TimestampAuthority> service(authority_, "ent_a",
                                                 R"({"providers":["@name@"]})");
  EXPECT_THROW(service->answer({Bytes("q")}), Error);
  EXPECT_TRUE(fake_.invocations().empty());
}

}  // namespace
}  // namespace @ident@_plugin
