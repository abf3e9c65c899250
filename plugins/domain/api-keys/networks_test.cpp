#include "networks.hpp"

#include <gtest/gtest.h>

namespace cinnabar::apikeys {
namespace {

TEST(Networks, AreReadStrictly) {
  for (const char* good : {"10.1.2.3", "10.0.0.0/8", "0.0.0.0/0", "::1", "2001:db8::/32"})
    EXPECT_TRUE(is_network(good)) << good;
  for (const char* bad : {"", "10.1.2", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/8x", "10.0.0.0/-1",
                          "::/129", "example.com", "10.0.0.0/8/8"})
    EXPECT_FALSE(is_network(bad)) << bad;
}

TEST(Networks, HoldAddressesByPrefix) {
  EXPECT_TRUE(lies_in({}, "203.0.113.9"));
  EXPECT_TRUE(lies_in({"10.1.2.3"}, "10.1.2.3"));
  EXPECT_FALSE(lies_in({"10.1.2.3"}, "10.1.2.4"));
  EXPECT_TRUE(lies_in({"192.0.2.0/24", "10.1.0.0/15"}, "10.0.255.1"));
  EXPECT_FALSE(lies_in({"10.1.0.0/16"}, "10.0.255.1"));
  EXPECT_TRUE(lies_in({"2001:db8::/32"}, "2001:db8:1::5"));
  EXPECT_FALSE(lies_in({"2001:db8::/32"}, "2001:db9::5"));
  EXPECT_FALSE(lies_in({"0.0.0.0/0"}, "::1"));
  EXPECT_TRUE(lies_in({"10.0.0.0/8"}, "::ffff:10.1.2.3"));
  EXPECT_FALSE(lies_in({"10.0.0.0/8"}, "not an address"));
}

}  // namespace
}  // namespace cinnabar::apikeys
