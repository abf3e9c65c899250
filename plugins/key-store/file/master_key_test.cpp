#include "master_key.hpp"

#include <cinnabar/bytes.hpp>
#include <cinnabar/durable_file.hpp>
#include <cinnabar/error.hpp>
#include <cinnabar/testing/folder.hpp>

#include <gtest/gtest.h>

#include <sys/stat.h>

#include <cstdlib>
#include <set>
#include <thread>

namespace cinnabar::filekeys {
namespace {

using testing::TestFolder;

std::string code_of(const std::filesystem::path& folder, const MasterKeySource& source) {
  try {
    MasterKeyring(folder, source);
  } catch (const Error& error) {
    return error.code();
  }
  return "";
}

TEST(MasterKey, IsMadeOnceAndReadableByItsOwnerOnly) {
  const TestFolder folder;
  const MasterKeyring ring(folder.path, {});
  const MasterKey& first = ring.keys()->current();
  EXPECT_EQ(first.key().size(), 32u);
  EXPECT_EQ(MasterKeyring(folder.path, {}).keys()->current().name(), first.name());
  struct stat status {};
  ASSERT_EQ(::stat((folder.path / "master.key").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path), {}), 1)
      << "a draft was left behind";
}

TEST(MasterKey, ManyFirstStartsAtOnceAgreeOnOne) {
  const TestFolder folder;
  std::vector<std::string> names(8);
  std::vector<std::thread> threads;
  for (std::string& name : names)
    threads.emplace_back([&] { name = MasterKeyring(folder.path, {}).keys()->current().name(); });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), 1u);
}

TEST(MasterKey, ComesFromTheEnvironmentOrTheConfiguredFileFirst) {
  const TestFolder folder;
  const std::string digits(64, 'a');
  MasterKeySource environment;
  environment.environment = digits;
  EXPECT_EQ(to_hex(MasterKeyring(folder.path, environment).keys()->current().key().view()),
            digits);

  MasterKeySource file;
  file.configured_file = folder.path / "elsewhere";
  write_durable(file.configured_file, "cinnabar-master-key 1 " + std::string(64, 'b') + "\n");
  EXPECT_EQ(to_hex(MasterKeyring(folder.path, file).keys()->current().key().view()),
            std::string(64, 'b'));
  EXPECT_FALSE(std::filesystem::exists(folder.path / "master.key"));
}

TEST(MasterKey, WhatCannotBeUsedIsRefused) {
  const TestFolder folder;
  MasterKeySource environment;
  const std::string good(64, 'a');
  for (const std::string& bad : {std::string(), std::string("abc"), std::string("zz"), good + ",",
                                 "," + good, good + "," + good + "0", good + good}) {
    environment.environment = bad;
    EXPECT_EQ(code_of(folder.path, environment), "key.master_unreadable") << bad;
  }
  MasterKeySource file;
  file.configured_file = folder.path / "elsewhere";
  EXPECT_EQ(code_of(folder.path, file), "key.master_missing");
  write_durable(file.configured_file, "something else\n");
  EXPECT_EQ(code_of(folder.path, file), "key.master_unreadable");
}

TEST(MasterKey, WhatItHoldsIsInNoMessage) {
  const TestFolder folder;
  const std::string secret = "5ec2e7" + std::string(58, 'a');
  MasterKeySource environment, file;
  environment.environment = secret + "x";
  file.configured_file = folder.write("mistyped", "cinnabar-master-key 1 " + secret + "x\n");
  for (const MasterKeySource& source : {environment, file}) {
    try {
      MasterKeyring(folder.path, source);
      FAIL();
    } catch (const Error& error) {
      EXPECT_EQ(std::string(error.what()).find(secret.substr(0, 8)), std::string::npos);
    }
  }
}

TEST(MasterKey, FromTheEnvironmentItIsTakenOutOfIt) {
  std::string variable = std::string(kMasterKeyVariable) + "=" + std::string(64, 'a');
  ::putenv(variable.data());
  EXPECT_EQ(take_master_key_variable(), std::string(64, 'a'));
  EXPECT_EQ(take_master_key_variable(), std::nullopt);
  EXPECT_EQ(variable.find('a'), std::string::npos) << "it was not wiped";
}

TEST(MasterKey, ALostOneIsNotReplacedWhileKeysAreSealedUnderIt) {
  const TestFolder folder;
  write_durable(folder.path / "key_01ARZ3NDEKTSV4RRFFQ69G5FAV.key", "{}");
  EXPECT_EQ(code_of(folder.path, {}), "key.master_missing");
}

}  // namespace
}  // namespace cinnabar::filekeys
