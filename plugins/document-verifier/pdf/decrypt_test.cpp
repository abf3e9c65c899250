#include <cinnabar/pdf/decrypt.hpp>

#include <gtest/gtest.h>

namespace cinnabar::pdf {
namespace {

// A version that knows no AES-256 may still name it, with a key of 128 bits.
TEST(Decrypt, GcmLeavesDataAloneWhenTheKeyIsNone) {
  const std::string data(64, 'd');
  EXPECT_EQ(detail::gcm(std::string(16, 'k'), data), data);
  EXPECT_EQ(detail::gcm(std::string(32, 'k'), data).size(), data.size() - 28);
}

TEST(Decrypt, GcmLeavesDataAloneThatHoldsNoNonceAndTag) {
  const std::string data(27, 'd');
  EXPECT_EQ(detail::gcm(std::string(32, 'k'), data), data);
}

}  // namespace
}  // namespace cinnabar::pdf
