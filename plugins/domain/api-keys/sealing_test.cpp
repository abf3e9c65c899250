#include "sealing.hpp"

#include <cinnabar/testing/folder.hpp>

#include <gtest/gtest.h>

namespace cinnabar::apikeys {
namespace {

const std::string kFresh(Sealing::kKeySize, 'k');
const std::string kNonce(Sealing::kNonceSize, 'n');

TEST(Sealing, OpensWhatItSealedInItsContextOnly) {
  const testing::TestFolder folder;
  const Sealing sealing(folder.path / "key", kFresh);
  const std::string sealed = sealing.seal("secret", "key_1", kNonce);
  EXPECT_EQ(sealed.find("secret"), std::string::npos);
  EXPECT_EQ(sealing.open(sealed, "key_1"), "secret");
  EXPECT_FALSE(sealing.open(sealed, "key_2"));
  std::string other = sealed;
  other[20] = other[20] == 'A' ? 'B' : 'A';
  EXPECT_FALSE(sealing.open(other, "key_1"));
  EXPECT_FALSE(sealing.open("", "key_1"));
}

TEST(Sealing, KeepsTheKeyThatIsThere) {
  const testing::TestFolder folder;
  const auto file = folder.path / "key";
  const std::string sealed = Sealing(file, kFresh).seal("secret", "a", kNonce);
  const Sealing later(file, std::string(Sealing::kKeySize, 'x'));
  EXPECT_EQ(later.open(sealed, "a"), "secret");
  EXPECT_EQ(std::filesystem::status(file).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST(Sealing, RefusesADamagedKey) {
  const testing::TestFolder folder;
  EXPECT_ANY_THROW(Sealing(folder.path / "key", "short"));
}

}  // namespace
}  // namespace cinnabar::apikeys
