// The Merkle tree of a transparency log, RFC 6962 2.1 (the same in RFC 9162 2.1): hashes of leaves
// and nodes, roots, inclusion and consistency proofs, and how they are checked.
//
// Making proofs asks for the hashes of complete subtrees by level and index; where they are kept is
// the caller's affair. Hashes are 32 raw bytes. Needs libcrypto. Pure; any thread.
#pragma once

#include <cinnabar/digest_state.hpp>

#include <functional>
#include <vector>

namespace cinnabar::log {

using Hash = std::string;
using Hashes = std::vector<Hash>;

inline constexpr std::size_t kHashSize = 32;
// A proof in a tree of 2^63 leaves.
inline constexpr std::size_t kProofSizeMax = 64;

inline Hash leaf_hash(std::string_view entry) {
  DigestState digest;
  digest.update(std::string_view("\0", 1));
  digest.update(entry);
  return digest.digest();
}
inline Hash node_hash(std::string_view left, std::string_view right) {
  DigestState digest;
  digest.update("\1");
  digest.update(left);
  digest.update(right);
  return digest.digest();
}

// The largest power of two below n; n is at least 2.
inline std::uint64_t split_of(std::uint64_t n) {
  std::uint64_t k = 1;
  while (k < n - k) k *= 2;
  return k;
}

// The hash of the complete subtree over the leaves [index * 2^level, (index + 1) * 2^level).
using SubtreeHash = std::function<Hash(int level, std::uint64_t index)>;

// The root over the leaves [begin, end); begin is a multiple of the least power of two that is not
// below end - begin. Empty: SHA-256 of nothing.
inline Hash subtree_root(const SubtreeHash& hash, std::uint64_t begin, std::uint64_t end) {
  const std::uint64_t size = end - begin;
  if (size == 0) return sha256("");
  if ((size & (size - 1)) == 0) {
    int level = 0;
    while ((std::uint64_t{1} << level) < size) ++level;
    return hash(level, begin >> level);
  }
  const std::uint64_t middle = begin + split_of(size);
  return node_hash(subtree_root(hash, begin, middle), subtree_root(hash, middle, end));
}

inline Hash root_of(const SubtreeHash& hash, std::uint64_t size) {
  return subtree_root(hash, 0, size);
}

// RFC 6962 2.1.1: that the leaf is in the tree of that size. The leaf is below the size.
inline Hashes inclusion_proof(const SubtreeHash& hash, std::uint64_t leaf, std::uint64_t size) {
  Hashes from_root;
  std::uint64_t begin = 0, end = size;
  while (end - begin > 1) {
    const std::uint64_t middle = begin + split_of(end - begin);
    if (leaf < middle) {
      from_root.push_back(subtree_root(hash, middle, end));
      end = middle;
    } else {
      from_root.push_back(subtree_root(hash, begin, middle));
      begin = middle;
    }
  }
  return {from_root.rbegin(), from_root.rend()};
}

// RFC 6962 2.1.2: that the tree of the old size is the beginning of the new one. Empty for sizes
// that are equal and for an old size of nothing.
inline Hashes consistency_proof(const SubtreeHash& hash, std::uint64_t old_size,
                                std::uint64_t size) {
  if (old_size == 0 || old_size >= size) return {};
  Hashes from_root;
  std::uint64_t begin = 0, end = size;
  bool known = true;  // the subtree is the whole old tree, whose root the verifier has
  while (old_size != end) {
    const std::uint64_t middle = begin + split_of(end - begin);
    if (old_size <= middle) {
      from_root.push_back(subtree_root(hash, middle, end));
      end = middle;
    } else {
      from_root.push_back(subtree_root(hash, begin, middle));
      begin = middle;
      known = false;
    }
  }
  if (!known) from_root.push_back(subtree_root(hash, begin, end));
  return {from_root.rbegin(), from_root.rend()};
}

// RFC 9162 2.1.3.2.
inline bool includes(std::string_view leaf, std::uint64_t index, std::uint64_t size,
                     const Hashes& proof, std::string_view root) {
  if (index >= size || proof.size() > kProofSizeMax) return false;
  std::uint64_t fn = index, sn = size - 1;
  Hash at(leaf);
  for (const Hash& step : proof) {
    if (sn == 0) return false;
    if ((fn & 1) != 0 || fn == sn) {
      at = node_hash(step, at);
      while ((fn & 1) == 0 && fn != 0) fn >>= 1, sn >>= 1;
    } else {
      at = node_hash(at, step);
    }
    fn >>= 1;
    sn >>= 1;
  }
  return sn == 0 && at == root;
}

// RFC 9162 2.1.4.2.
inline bool consistent(std::uint64_t old_size, std::string_view old_root, std::uint64_t size,
                       std::string_view root, const Hashes& proof) {
  if (old_size > size || proof.size() > kProofSizeMax) return false;
  if (old_size == size) return proof.empty() && old_root == root;
  if (old_size == 0) return proof.empty() && old_root == sha256("");
  Hashes path = proof;
  if ((old_size & (old_size - 1)) == 0) path.insert(path.begin(), Hash(old_root));
  if (path.empty()) return false;
  std::uint64_t fn = old_size - 1, sn = size - 1;
  while ((fn & 1) != 0) fn >>= 1, sn >>= 1;
  Hash old_at = path.front(), at = path.front();
  for (std::size_t i = 1; i < path.size(); ++i) {
    if (sn == 0) return false;
    if ((fn & 1) != 0 || fn == sn) {
      old_at = node_hash(path[i], old_at);
      at = node_hash(path[i], at);
      while ((fn & 1) == 0 && fn != 0) fn >>= 1, sn >>= 1;
    } else {
      at = node_hash(at, path[i]);
    }
    fn >>= 1;
    sn >>= 1;
  }
  return sn == 0 && old_at == old_root && at == root;
}

}  // namespace cinnabar::log
