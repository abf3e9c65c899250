#include "file_key_store.hpp"

#include "aead.hpp"

#include <cinnabar/digest_state.hpp>
#include <cinnabar/durable_file.hpp>
#include <cinnabar/testing/folder.hpp>
#include <cinnabar/testing/key_store_suite.hpp>

#include <gtest/gtest.h>

#include <openssl/core_names.h>
#include <openssl/evp.h>

#include <atomic>
#include <functional>
#include <thread>

namespace cinnabar::filekeys {
namespace {

using testing::TestFolder;

MasterKeys master_of(char c) {
  std::vector<MasterKey> keys;
  keys.emplace_back(Secret(std::string(32, c)));
  return MasterKeys(std::move(keys));
}

std::string next_id() {
  static std::atomic<int> count{0};
  return "key_" + make_ulid(1'763'726'400'000 + ++count, "0123456789");
}

FileKeyStore store_in(const TestFolder& folder, char master = 'm', std::size_t warm = 8) {
  return FileKeyStore(folder.path, MasterKeyring(master_of(master)), next_id, warm);
}

std::string code_of(const std::function<void()>& work) {
  try {
    work();
  } catch (const Error& error) {
    return error.code();
  }
  return "";
}

class FileKeysUnderTest final : public KeyStoreUnderTest {
 public:
  FileKeysUnderTest() { reopen(); }
  const cinnabar_key_store* table() override { return &table_; }
  void reopen() override {
    store_ = std::make_unique<FileKeyStore>(folder_.path, MasterKeyring(master_of('m')), next_id);
    table_ = detail::export_table(static_cast<KeyStore*>(store_.get()));
  }

 private:
  TestFolder folder_;
  std::unique_ptr<FileKeyStore> store_;
  cinnabar_key_store table_{};
};

std::unique_ptr<KeyStoreUnderTest> make_file_keys() {
  return std::make_unique<FileKeysUnderTest>();
}

INSTANTIATE_TEST_SUITE_P(FileKeys, KeyStoreSuite, ::testing::Values(&make_file_keys));

TEST(FileKeyStore, KeysThatFellOutOfMemoryAreReadAgain) {
  const TestFolder folder;
  FileKeyStore store = store_in(folder, 'm', 2);
  std::vector<std::string> ids;
  for (int i = 0; i < 6; ++i) ids.push_back(store.create("ec-p256"));
  for (const std::string& id : ids)
    EXPECT_TRUE(testing::PublicKey(store.public_key(id))
                    .verifies("sha256", std::string(32, 'q'),
                              store.sign(id, "sha256", std::string(32, 'q'))));
}

TEST(FileKeyStore, TheWrongMasterKeyIsNamed) {
  const TestFolder folder;
  const std::string id = store_in(folder, 'm').create("ec-p256");
  FileKeyStore other = store_in(folder, 'n');
  EXPECT_EQ(code_of([&] { other.public_key(id); }), "key.master_wrong");
}

TEST(FileKeyStore, AnyFlippedBitIsFound) {
  const TestFolder folder;
  const std::string id = store_in(folder).create("ec-p256");
  const std::string good = *read_small_file(folder.path / (id + ".key"));
  const MasterKeys master = master_of('m');
  for (std::size_t i = 0; i + 1 < good.size(); ++i)  // all but the final line end
    for (int bit = 0; bit < 8; ++bit) {
      std::string bad = good;
      bad[i] = static_cast<char>(bad[i] ^ (1 << bit));
      const std::string code = code_of([&] { open(master, read_envelope(bad, id)); });
      EXPECT_TRUE(code == "key.damaged" || code == "key.master_wrong") << i << "." << bit << code;
    }
}

TEST(FileKeyStore, ADamagedFileIsSaidSo) {
  const TestFolder folder;
  const std::string id = store_in(folder).create("ec-p256");
  const auto path = folder.path / (id + ".key");
  std::string text = *read_small_file(path);
  text[text.size() / 2] = static_cast<char>(text[text.size() / 2] ^ 1);
  for (const std::string& bad : {text, text.substr(0, 100), std::string()}) {
    write_durable(path, bad);
    FileKeyStore store = store_in(folder);
    EXPECT_EQ(code_of([&] { store.sign(id, "sha256", std::string(32, 'x')); }), "key.damaged");
  }
}

TEST(FileKeyStore, AKeyPutIntoAnotherKeysFileIsRefused) {
  const TestFolder folder;
  FileKeyStore store = store_in(folder);
  const std::string one = store.create("ec-p256"), two = store.create("ec-p256");
  std::string text = *read_small_file(folder.path / (two + ".key"));
  text.replace(text.find(two), two.size(), one);
  write_durable(folder.path / (one + ".key"), text);
  FileKeyStore fresh = store_in(folder);
  EXPECT_EQ(code_of([&] { fresh.public_key(one); }), "key.damaged");
}

// The scalar in every encoding that it could lie in by mistake.
bool holds_scalar(const std::string& text, const Secret& pkcs8) {
  const unsigned char* at = pkcs8.data();
  EVP_PKEY* key = d2i_AutoPrivateKey(nullptr, &at, static_cast<long>(pkcs8.size()));
  BIGNUM* scalar = nullptr;
  EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_PRIV_KEY, &scalar);
  std::string bytes(32, '\0');
  BN_bn2binpad(scalar, reinterpret_cast<unsigned char*>(bytes.data()), 32);
  BN_clear_free(scalar);
  EVP_PKEY_free(key);
  const std::string reversed(bytes.rbegin(), bytes.rend());
  std::string upper = to_hex(bytes);
  for (char& c : upper) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  for (const std::string& form : {bytes, reversed, to_hex(bytes), upper})
    if (text.find(form) != std::string::npos) return true;
  // In base64 the scalar may begin at any of three places of a group.
  for (std::size_t lead = 0; lead < 3; ++lead) {
    const std::string form = to_base64(std::string(lead, 'x') + bytes);
    if (text.find(form.substr(4, 36)) != std::string::npos) return true;
  }
  return false;
}

TEST(FileKeyStore, NoFileHoldsAKeyThatCouldBeRead) {
  const TestFolder folder;
  FileKeyStore store = store_in(folder);
  const std::string id = store.create("ec-p256");
  const std::string text = *read_small_file(folder.path / (id + ".key"));
  const Envelope envelope = read_envelope(text, id);
  const Secret key = open(master_of('m'), envelope);
  EXPECT_FALSE(holds_scalar(text, key));
  EXPECT_FALSE(holds_scalar(envelope.private_key.text(), key));
  EXPECT_FALSE(holds_scalar(envelope.data_key.text(), key));
  // The search itself finds one that was planted.
  EXPECT_TRUE(holds_scalar(text + to_base64(key.view()), key));
  EXPECT_TRUE(holds_scalar(std::string(key.view()), key));
}

TEST(FileKeyStore, ManyThreadsUseItAtOnce) {
  const TestFolder folder;
  FileKeyStore store = store_in(folder, 'm', 2);
  std::vector<std::string> ids;
  for (int i = 0; i < 4; ++i) ids.push_back(store.create("ec-p256"));
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < 20; ++i) {
        const std::string& id = ids[static_cast<std::size_t>((t + i) % 4)];
        const std::string digest(32, static_cast<char>('a' + i));
        wrong += !testing::PublicKey(store.public_key(id))
                      .verifies("sha256", digest, store.sign(id, "sha256", digest));
      }
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

TEST(Aead, OpensOnlyWithKeyAndContext) {
  const Secret key(std::string(32, 'k')), other(std::string(32, 'o'));
  const std::string sealed = aead_seal(key, "plain", "context");
  EXPECT_EQ(aead_open(key, sealed, "context")->view(), "plain");
  EXPECT_FALSE(aead_open(other, sealed, "context"));
  EXPECT_FALSE(aead_open(key, sealed, "another"));
  for (std::size_t size = 0; size < sealed.size(); ++size)
    EXPECT_FALSE(aead_open(key, sealed.substr(0, size), "context")) << size;
  EXPECT_NE(aead_seal(key, "plain", "context"), sealed) << "a nonce came twice";
}

}  // namespace
}  // namespace cinnabar::filekeys
