// A checkpoint that was given out binds the log: whatever does not go on from it is noticed.
#include "anchor.hpp"

#include <cinnabar/testing/folder.hpp>

#include <gtest/gtest.h>

namespace cinnabar::tlog {
namespace {

using log::Checkpoint;
using log::Hash;
using log::VerifierKey;

// A signer of its own, so that what it signs is checked by code that did not make it.
class Signer {
 public:
  explicit Signer(std::string name) : pkey_(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519")) {
    key.name = std::move(name);
    key.key.resize(32);
    std::size_t size = 32;
    EVP_PKEY_get_raw_public_key(pkey_, reinterpret_cast<unsigned char*>(key.key.data()), &size);
  }
  ~Signer() { EVP_PKEY_free(pkey_); }
  Signer(const Signer&) = delete;
  Signer& operator=(const Signer&) = delete;

  std::string note(const Checkpoint& checkpoint) const {
    const std::string body = checkpoint.body();
    std::string signature(64, '\0');
    std::size_t size = signature.size();
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    EVP_DigestSignInit(context, nullptr, nullptr, nullptr, pkey_);
    EVP_DigestSign(context, reinterpret_cast<unsigned char*>(signature.data()), &size,
                   reinterpret_cast<const unsigned char*>(body.data()), body.size());
    EVP_MD_CTX_free(context);
    return log::signed_note(checkpoint, key, signature);
  }
  VerifierKey key;

 private:
  EVP_PKEY* pkey_;
};

Hash root_at(std::uint64_t size) { return sha256("root " + std::to_string(size)); }

Anchor::SizeNow size_of(std::uint64_t size) {
  return [size] { return size; };
}

TEST(Anchor, AcceptsALogThatGrewFromWhatWasVouchedFor) {
  const testing::TestFolder folder;
  const Signer signer("example.com/log");
  Anchor anchor(folder.path / "checkpoint");
  EXPECT_EQ(anchor.compare(signer.key, size_of(0), root_at), "") << "nothing was vouched for yet";
  anchor.keep(7, signer.note({"example.com/log", 7, root_at(7)}));
  EXPECT_EQ(anchor.compare(signer.key, size_of(7), root_at), "");
  EXPECT_EQ(anchor.compare(signer.key, size_of(9), root_at), "");
}

TEST(Anchor, NoticesALogThatIsShorterOrAnother) {
  const testing::TestFolder folder;
  const Signer signer("example.com/log"), other("example.com/log");
  Anchor anchor(folder.path / "checkpoint");
  anchor.keep(7, signer.note({"example.com/log", 7, root_at(7)}));
  EXPECT_NE(anchor.compare(signer.key, size_of(6), root_at), "");
  EXPECT_NE(anchor.compare(signer.key, size_of(8), [](std::uint64_t) { return sha256("x"); }), "");
  EXPECT_NE(anchor.compare(other.key, size_of(8), root_at), "");
}

TEST(Anchor, DoesNotTakeWhatAnotherServerAddsMeanwhileForARollback) {
  const testing::TestFolder folder;
  const Signer signer("example.com/log");
  Anchor anchor(folder.path / "checkpoint");
  anchor.keep(7, signer.note({"example.com/log", 7, root_at(7)}));
  const auto size_now = [&] {
    anchor.keep(8, signer.note({"example.com/log", 8, root_at(8)}));
    return std::uint64_t{7};
  };
  EXPECT_EQ(anchor.compare(signer.key, size_now, root_at), "");
}

TEST(Anchor, NeverGoesBack) {
  const testing::TestFolder folder;
  const Signer signer("example.com/log");
  Anchor anchor(folder.path / "checkpoint");
  anchor.keep(7, signer.note({"example.com/log", 7, root_at(7)}));
  anchor.keep(5, signer.note({"example.com/log", 5, root_at(5)}));
  EXPECT_NE(anchor.compare(signer.key, size_of(6), root_at), "");
}

TEST(Checkpoint, IsReadAsItWasSignedAndNotOtherwise) {
  const Signer signer("example.com/log"), other("example.com/log");
  const Checkpoint checkpoint{"example.com/log", 42, root_at(42)};
  const std::string note = signer.note(checkpoint);
  const auto opened = log::open_checkpoint(note, signer.key);
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->size, 42u);
  EXPECT_EQ(opened->root, root_at(42));
  EXPECT_FALSE(log::open_checkpoint(note, other.key));
  for (std::size_t i = 0; i < note.size(); ++i) {
    std::string bad = note;
    bad[i] = static_cast<char>(bad[i] ^ 1);
    EXPECT_FALSE(log::open_checkpoint(bad, signer.key)) << i;
  }
}

TEST(Checkpoint, SignaturesOfOthersMayStandBesideOurs) {
  const Signer signer("example.com/log"), witness("example.com/witness");
  const Checkpoint checkpoint{"example.com/log", 1, root_at(1)};
  const std::string theirs = witness.note(checkpoint);
  const std::string note = signer.note(checkpoint) + theirs.substr(theirs.find("\n\n") + 2);
  EXPECT_TRUE(log::open_checkpoint(note, signer.key));
  EXPECT_TRUE(log::open_checkpoint(note, witness.key));
}

TEST(VerifierKey, IsReadOnlyWithItsOwnId) {
  const Signer signer("example.com/log");
  const std::string text = signer.key.text();
  ASSERT_TRUE(log::parse_verifier_key(text));
  EXPECT_EQ(log::parse_verifier_key(text)->key, signer.key.key);
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string bad = text;
    bad[i] = static_cast<char>(bad[i] ^ 1);
    EXPECT_FALSE(log::parse_verifier_key(bad)) << i;
  }
}

}  // namespace
}  // namespace cinnabar::tlog
