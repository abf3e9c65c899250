#include <cinnabar/digest_state.hpp>

#include <gtest/gtest.h>

#include <openssl/evp.h>

namespace cinnabar {
namespace {

std::string reference_digest(std::string_view bytes) {
  std::string out(32, '\0');
  EVP_Digest(bytes.data(), bytes.size(), reinterpret_cast<unsigned char*>(out.data()), nullptr,
             EVP_sha256(), nullptr);
  return out;
}

std::string some_bytes(std::size_t size) {
  std::string out;
  for (std::size_t i = 0; i < size; ++i) out += static_cast<char>(i * 131 + i / 251);
  return out;
}

TEST(DigestState, GoesOnAfterEveryOffsetOfABlock) {
  const std::string bytes = some_bytes(1000);
  for (std::size_t cut = 0; cut <= 3 * 64 + 1; ++cut) {
    DigestState first;
    first.update(std::string_view(bytes).substr(0, cut));
    DigestState second = DigestState::decode(first.encode());
    EXPECT_EQ(second.encode(), first.encode()) << cut;
    EXPECT_EQ(second.size(), static_cast<std::int64_t>(cut));
    second.update(std::string_view(bytes).substr(cut));
    EXPECT_EQ(second.digest(), reference_digest(bytes)) << cut;
  }
}

TEST(DigestState, EncodingIsThatOfVersionOne) {
  DigestState state;
  state.update("abc");
  EXPECT_EQ(state.encode(),
            "1:sha256:6a09e667bb67ae853c6ef372a54ff53a510e527f9b05688c1f83d9ab5be0cd19:3:616263");
}

// The library counts bits in two words of 32; the second is in use from 512 MB on.
TEST(DigestState, CountsBeyondHalfAGigabyte) {
  const std::string part(1 << 20, 'x');
  DigestState state;
  for (int i = 0; i < 513; ++i) state.update(part);
  state.update("tail");
  DigestState again = DigestState::decode(state.encode());
  EXPECT_EQ(again.size(), (std::int64_t{513} << 20) + 4);
  EXPECT_EQ(again.digest(), state.digest());
}

TEST(DigestState, DigestLeavesTheStateAsItWas) {
  DigestState state;
  state.update("one");
  EXPECT_EQ(state.digest(), reference_digest("one"));
  state.update("two");
  EXPECT_EQ(state.digest(), reference_digest("onetwo"));
}

TEST(DigestState, RefusesDamagedEncodings) {
  DigestState state;
  state.update(some_bytes(70));
  const std::string good = state.encode();
  EXPECT_NO_THROW(DigestState::decode(good));
  for (std::size_t size = 0; size < good.size(); ++size)
    EXPECT_THROW(DigestState::decode(good.substr(0, size)), Error) << size;
  for (const char* bad : {"2:sha256:", "1:sha512:", "1:sha256:zz", "garbage"})
    EXPECT_THROW(DigestState::decode(bad), Error) << bad;
  EXPECT_THROW(DigestState::decode(good + "00"), Error);
}

}  // namespace
}  // namespace cinnabar
