// The tree against the definitions of RFC 6962 2.1, written out as they stand there.
#include <cinnabar/log/merkle.hpp>

#include <gtest/gtest.h>

namespace cinnabar::log {
namespace {

std::string entry(std::uint64_t i) { return "entry " + std::to_string(i); }

// MTH(D[begin:end]).
Hash defined_root(std::uint64_t begin, std::uint64_t end) {
  if (begin == end) return sha256("");
  if (end - begin == 1) return sha256(std::string("\0", 1) + entry(begin));
  std::uint64_t k = 1;
  while (2 * k < end - begin) k *= 2;
  return sha256("\1" + defined_root(begin, begin + k) + defined_root(begin + k, end));
}

Hash subtree(int level, std::uint64_t index) {
  return defined_root(index << level, (index + 1) << level);
}

constexpr std::uint64_t kSizeMax = 70;

TEST(Merkle, RootsAreThoseOfTheDefinition) {
  for (std::uint64_t size = 0; size <= kSizeMax; ++size)
    EXPECT_EQ(to_hex(root_of(subtree, size)), to_hex(defined_root(0, size))) << size;
  // RFC 6962: the hash of an empty list is that of an empty string.
  EXPECT_EQ(to_hex(root_of(subtree, 0)),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(Merkle, EveryLeafIsProvenInEveryTreeAndInNoOther) {
  for (std::uint64_t size = 1; size <= kSizeMax; ++size)
    for (std::uint64_t leaf = 0; leaf < size; ++leaf) {
      const Hashes proof = inclusion_proof(subtree, leaf, size);
      const Hash root = root_of(subtree, size), hash = leaf_hash(entry(leaf));
      ASSERT_TRUE(includes(hash, leaf, size, proof, root)) << leaf << " of " << size;
      EXPECT_FALSE(includes(leaf_hash(entry(leaf + 1)), leaf, size, proof, root));
      EXPECT_FALSE(includes(hash, leaf + 1, size, proof, root));
      EXPECT_FALSE(includes(hash, leaf, size, proof, root_of(subtree, size + 1)));
      if (proof.empty()) continue;
      Hashes bad = proof;
      bad.back()[0] = static_cast<char>(bad.back()[0] ^ 1);
      EXPECT_FALSE(includes(hash, leaf, size, bad, root));
      bad = proof;
      bad.pop_back();
      EXPECT_FALSE(includes(hash, leaf, size, bad, root));
      bad = proof;
      bad.push_back(root);
      EXPECT_FALSE(includes(hash, leaf, size, bad, root));
    }
}

TEST(Merkle, EveryTreeIsProvenToBeTheBeginningOfEveryLargerOne) {
  for (std::uint64_t size = 0; size <= kSizeMax; ++size)
    for (std::uint64_t old_size = 0; old_size <= size; ++old_size) {
      const Hashes proof = consistency_proof(subtree, old_size, size);
      const Hash root = root_of(subtree, size), old_root = root_of(subtree, old_size);
      ASSERT_TRUE(consistent(old_size, old_root, size, root, proof)) << old_size << " " << size;
      if (old_size == 0) continue;
      EXPECT_FALSE(consistent(old_size, sha256("x"), size, root, proof));
      EXPECT_FALSE(consistent(old_size, old_root, size, sha256("x"), proof));
      EXPECT_FALSE(consistent(old_size - 1, old_root, size, root, proof));
      Hashes bad = proof;
      bad.push_back(root);
      EXPECT_FALSE(consistent(old_size, old_root, size, root, bad));
      if (proof.empty()) continue;
      bad = proof;
      bad.front()[31] = static_cast<char>(bad.front()[31] ^ 1);
      EXPECT_FALSE(consistent(old_size, old_root, size, root, bad));
    }
}

}  // namespace
}  // namespace cinnabar::log
