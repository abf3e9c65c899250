#include "crypto.hpp"

#include <gtest/gtest.h>

namespace cinnabar::pdf {
namespace {

TEST(Digests, AreThoseOfTheBytesInWhateverOrderTheyAreAsked) {
  std::string file;
  for (int i = 0; i < 5'000; ++i) file += static_cast<char>(i * 7 + i / 256);
  const std::string_view bytes = file;
  Digests digests(bytes);
  for (const std::size_t size : {1'000, 3'000, 64, 3'000, 4'999, 1'001})
    for (const EVP_MD* algorithm : {EVP_sha256(), EVP_sha384(), EVP_sha1()}) {
      const Parts parts{bytes.substr(0, size), bytes.substr(size + 1)};
      EXPECT_EQ(digests.of(algorithm, parts), digest_of(algorithm, parts)) << size;
    }
}

TEST(Digests, OfOtherBytesAreTakenAsTheyStand) {
  const std::string file = "a file", other = "a file";
  Digests digests(file);
  EXPECT_EQ(digests.of(EVP_sha256(), {other}), digest_of(EVP_sha256(), {file}));
  EXPECT_EQ(digests.of(EVP_sha256(), {}), digest_of(EVP_sha256(), {}));
  EXPECT_TRUE(digests.of(nullptr, {file}).empty());
}

}  // namespace
}  // namespace cinnabar::pdf
