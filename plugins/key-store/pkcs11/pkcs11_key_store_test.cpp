#include "pkcs11_key_store.hpp"

#include "objects.hpp"
#include "soft_token.hpp"
#include "test_module.hpp"

#include <cinnabar/host.hpp>
#include <cinnabar/testing/key_store_suite.hpp>

#include <gtest/gtest.h>

#include <dlfcn.h>

namespace cinnabar::pkcs11keys {
namespace {

std::string next_id() {
  static std::atomic<int> count{0};
  return "key_" + make_ulid(1'763'726'400'000 + ++count, "0123456789");
}

class Pkcs11UnderTest final : public KeyStoreUnderTest {
 public:
  Pkcs11UnderTest() { reopen(); }
  const cinnabar_key_store* table() override { return &table_; }
  void reopen() override {
    store_.reset();
    store_ = std::make_unique<Pkcs11KeyStore>(token_.settings(), "test ", next_id);
    table_ = detail::export_table(static_cast<KeyStore*>(store_.get()));
  }

 private:
  SoftToken token_;
  std::unique_ptr<Pkcs11KeyStore> store_;
  cinnabar_key_store table_{};
};

std::unique_ptr<KeyStoreUnderTest> make_pkcs11() { return std::make_unique<Pkcs11UnderTest>(); }

INSTANTIATE_TEST_SUITE_P(SoftHsm, KeyStoreSuite, ::testing::Values(&make_pkcs11));

// A store over the module with faults.
class Pkcs11KeyStoreTest : public ::testing::Test {
 protected:
  void SetUp() override {
    void* library = ::dlopen(CINNABAR_TEST_MODULE, RTLD_NOW | RTLD_LOCAL);
    ASSERT_NE(library, nullptr) << ::dlerror();
    faults_ = reinterpret_cast<decltype(&pkcs11_test_faults)>(
        ::dlsym(library, "pkcs11_test_faults"))();
    faults_->logins = faults_->sessions = faults_->signs_failing = 0;
    faults_->token_flags = faults_->login = 0;
    faults_->sessions_most = 1'000;
    faults_->removed = faults_->extractable = false;
  }

  void open(TokenSettings settings) {
    store_.reset();
    store_ = std::make_unique<Pkcs11KeyStore>(std::move(settings), "test ", next_id);
  }
  void open() { open(token_.settings(CINNABAR_TEST_MODULE)); }

  // The error of the work; its text is looked through for the PIN on the way.
  template <class Work>
  std::string code_of(Work work) {
    try {
      work();
    } catch (const Error& error) {
      EXPECT_EQ(std::string(error.what()).find(kSoftPin), std::string::npos);
      what_ = error.what();
      return error.code();
    }
    return "";
  }
  std::string opening(TokenSettings settings) {
    return code_of([&] {
      open(settings);
      store_->check();
    });
  }
  std::string signing(const std::string& key) {
    return code_of([&] { store_->sign(key, "sha256", std::string(32, 'd')); });
  }

  SoftToken token_;
  TestFaults* faults_ = nullptr;
  std::unique_ptr<Pkcs11KeyStore> store_;
  std::string what_;
};

TEST_F(Pkcs11KeyStoreTest, AModuleThatIsNoneIsSaid) {
  EXPECT_EQ(opening(token_.settings("/nonexistent/module.so")), "key.module_unusable");
  EXPECT_EQ(opening(token_.settings("libm.so.6")), "key.module_unusable");
  EXPECT_EQ(opening(token_.settings(token_.pin_file())), "key.module_unusable");
}

TEST_F(Pkcs11KeyStoreTest, ATokenIsChosenByLabelOrSerialNumber) {
  EXPECT_EQ(opening(token_.settings()), "");
  TokenSettings settings = token_.settings();
  settings.label = "another";
  EXPECT_EQ(opening(settings), "key.token_missing");
  EXPECT_NE(what_.find("\"signing\""), std::string::npos) << what_;
  const std::string serial = what_.substr(what_.find("\" (") + 3, 16);
  settings.label.clear();
  EXPECT_EQ(opening(settings), "") << "there is one only";
  store_.reset();
  token_.add("signing");
  EXPECT_EQ(opening(settings), "key.token_ambiguous");
  EXPECT_EQ(opening(token_.settings()), "key.token_ambiguous");
  settings.serial = serial;
  EXPECT_EQ(opening(settings), "");
  settings.serial = "0";
  EXPECT_EQ(opening(settings), "key.token_missing");
}

TEST_F(Pkcs11KeyStoreTest, AWrongPinIsTriedOnceAndNeverAgain) {
  token_.folder().write("pin", "0000\n");
  open();
  EXPECT_EQ(code_of([&] { store_->check(); }), "key.pin_wrong");
  token_.folder().write("pin", kSoftPin);
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(code_of([&] { store_->create("ec-p256"); }), "key.pin_wrong");
  EXPECT_EQ(faults_->logins, 1);
  open();
  EXPECT_EQ(code_of([&] { store_->create("ec-p256"); }), "") << "a new start may";
}

TEST_F(Pkcs11KeyStoreTest, APinThatCouldLockTheTokenIsNotTried) {
  faults_->token_flags = CKF_USER_PIN_FINAL_TRY;
  open();
  EXPECT_EQ(code_of([&] { store_->check(); }), "key.pin_last_try");
  faults_->token_flags = CKF_USER_PIN_LOCKED;
  open();
  EXPECT_EQ(code_of([&] { store_->check(); }), "key.pin_locked");
  EXPECT_EQ(faults_->logins, 0);
  faults_->token_flags = 0;
  faults_->login = CKR_PIN_LOCKED;
  open();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(code_of([&] { store_->check(); }), "key.pin_locked");
  EXPECT_EQ(faults_->logins, 1);
}

TEST_F(Pkcs11KeyStoreTest, WithoutAPinItSaysWhereItLooked) {
  TokenSettings settings = token_.settings();
  settings.pin_file = (token_.folder().path / "none").string();
  EXPECT_EQ(opening(settings), "key.pin_missing");
  EXPECT_NE(what_.find(settings.pin_file), std::string::npos);
}

TEST_F(Pkcs11KeyStoreTest, APinOfTheEnvironmentDoesNotWaitThereForTheToken) {
  ::setenv(kPinVariable, kSoftPin, 1);
  faults_->removed = true;
  TokenSettings settings = token_.settings(CINNABAR_TEST_MODULE);
  settings.pin_file.clear();
  EXPECT_EQ(opening(settings), "key.token_missing");
  EXPECT_EQ(std::getenv(kPinVariable), nullptr);
  faults_->removed = false;
  EXPECT_EQ(signing(store_->create("ec-p256")), "");
}

TEST_F(Pkcs11KeyStoreTest, ALostSessionIsOpenedAgainOnce) {
  open();
  const std::string key = store_->create("ec-p256");
  for (const CK_RV lost : {CKR_SESSION_HANDLE_INVALID, CKR_DEVICE_REMOVED, CKR_USER_NOT_LOGGED_IN,
                           CKR_KEY_HANDLE_INVALID}) {
    faults_->sign = lost;
    faults_->signs_failing = 1;
    EXPECT_EQ(signing(key), "") << lost;
    faults_->signs_failing = 2;
    EXPECT_EQ(signing(key), "key.token_failed") << lost;
    EXPECT_EQ(faults_->signs_failing, 0) << "not tried a third time";
    EXPECT_EQ(signing(key), "");
  }
}

TEST_F(Pkcs11KeyStoreTest, OtherFailuresOfATokenAreNotTriedAgain) {
  open();
  const std::string key = store_->create("ec-p256");
  faults_->sign = CKR_FUNCTION_FAILED;
  faults_->signs_failing = 2;
  EXPECT_EQ(signing(key), "key.token_failed");
  EXPECT_NE(what_.find("CKR_FUNCTION_FAILED"), std::string::npos) << what_;
  EXPECT_EQ(faults_->signs_failing, 1);
}

TEST_F(Pkcs11KeyStoreTest, ATokenThatIsPluggedInAgainGoesOn) {
  open();
  const std::string key = store_->create("ec-p256");
  faults_->removed = true;
  EXPECT_EQ(signing(key), "key.token_missing");
  EXPECT_EQ(code_of([&] { store_->create("ec-p256"); }), "key.token_missing");
  faults_->removed = false;
  EXPECT_EQ(signing(key), "");
}

TEST_F(Pkcs11KeyStoreTest, KeysCannotBeTakenOut) {
  open();
  const std::string curve = store_->create("ec-p256"), modulus = store_->create("rsa-2048");
  Token other(token_.settings(CINNABAR_TEST_MODULE));
  const std::pair<std::string, std::vector<CK_ATTRIBUTE_TYPE>> secrets[] = {
      {curve, {CKA_VALUE}},
      {modulus, {CKA_PRIVATE_EXPONENT, CKA_PRIME_1, CKA_PRIME_2, CKA_EXPONENT_1, CKA_COEFFICIENT}}};
  for (const auto& [key, attributes] : secrets)
    other.use([&, &key = key, &attributes = attributes](const Session& session) {
      const CK_OBJECT_HANDLE object = find_objects(session, CKO_PRIVATE_KEY, key).at(0);
      for (const CK_ATTRIBUTE_TYPE type : attributes) {
        CK_ATTRIBUTE wanted{type, nullptr, 0};
        EXPECT_EQ(session.functions.C_GetAttributeValue(session.handle, object, &wanted, 1),
                  CKR_ATTRIBUTE_SENSITIVE);
      }
      if (key == modulus) {
        EXPECT_FALSE(flag_attribute(session, object, CKA_DECRYPT));
      }
      EXPECT_EQ(attribute(session, object, CKA_LABEL), "test " + key);
    });
}

TEST_F(Pkcs11KeyStoreTest, ATokenThatWouldGiveKeysAwayIsRefused) {
  open();
  faults_->extractable = true;
  EXPECT_EQ(code_of([&] { store_->create("ec-p256"); }), "key.token_unfit");
  Token other(token_.settings(CINNABAR_TEST_MODULE));
  other.use([](const Session& session) {
    Template all;
    all.add(CKA_CLASS, CKO_PRIVATE_KEY);
    session.functions.C_FindObjectsInit(session.handle, all.data(), all.size());
    CK_OBJECT_HANDLE found = 0;
    CK_ULONG count = 0;
    session.functions.C_FindObjects(session.handle, &found, 1, &count);
    session.functions.C_FindObjectsFinal(session.handle);
    EXPECT_EQ(count, 0u) << "the key was left on the token";
  });
}

TEST_F(Pkcs11KeyStoreTest, ATokenMadeAnewUnderUsHasNoKeysAndTakesNewOnes) {
  open(token_.settings());
  const std::string key = store_->create("ec-p256");
  EXPECT_EQ(signing(key), "");
  token_.reinitialise("signing");
  const std::string code = signing(key);
  EXPECT_TRUE(code == "key.not_found" || code.starts_with("key.token_")) << code;
  open(token_.settings());
  EXPECT_EQ(signing(key), "key.not_found");
  EXPECT_EQ(signing(store_->create("ec-p256")), "");
}

TEST_F(Pkcs11KeyStoreTest, ThreadsShareTheSessionsThatTheTokenHas) {
  for (const auto& [configured, of_token] : {std::pair{2, 1'000}, std::pair{8, 3}}) {
    TokenSettings settings = token_.settings(CINNABAR_TEST_MODULE);
    settings.sessions_max = configured;
    faults_->sessions_most = of_token;
    open(settings);
    const std::string key = store_->create("ec-p256");
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i)
      threads.emplace_back([&] {
        for (int k = 0; k < 20; ++k) store_->sign(key, "sha256", std::string(32, 'd'));
      });
    for (std::thread& thread : threads) thread.join();
    EXPECT_LE(faults_->sessions, std::min(configured, of_token));
    EXPECT_EQ(faults_->logins, 1);
    store_.reset();
    EXPECT_EQ(faults_->sessions, 0) << "a session was left open";
    faults_->logins = 0;
  }
}

TEST_F(Pkcs11KeyStoreTest, ThreadsThatLoseTheTokenTogetherFindItAgain) {
  open();
  const std::string key = store_->create("ec-p256");
  faults_->sign = CKR_SESSION_HANDLE_INVALID;
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i)
    threads.emplace_back([&, i] {
      for (int k = 0; k < 25; ++k) {
        if (i == 0 && k % 5 == 0) faults_->signs_failing = 1;
        try {
          store_->sign(key, "sha256", std::string(32, 'd'));
        } catch (const Error&) {
          ++wrong;
        }
      }
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace cinnabar::pkcs11keys
