#include "keys_command.hpp"

#include <cinnabar/durable_file.hpp>
#include <cinnabar/host.hpp>
#include <cinnabar/testing/folder.hpp>
#include <cinnabar/testing/public_key.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <thread>

namespace cinnabar::filekeys {
namespace {

using testing::TestFolder;

std::string next_id() {
  static std::atomic<int> count{0};
  return "key_" + make_ulid(1'763'726'400'000 + ++count, "9876543210");
}

class RotationTest : public ::testing::Test {
 protected:
  FileKeyStore store(const MasterKeySource& source = {}) const {
    return FileKeyStore(folder_.path, MasterKeyring(folder_.path, source), next_id);
  }
  Envelope envelope(const std::string& key) const {
    return read_envelope(*read_small_file(folder_.path / (key + ".key")), key);
  }
  std::string master_text() const { return *read_small_file(folder_.path / "master.key"); }

  static void expect_signs(FileKeyStore& store, const std::string& key) {
    const std::string digest(32, 'd');
    EXPECT_TRUE(testing::PublicKey(store.public_key(key))
                    .verifies("sha256", digest, store.sign(key, "sha256", digest)));
  }
  template <class Work>
  static std::string code_of(Work work) {
    try {
      work();
    } catch (const Error& error) {
      return error.code();
    }
    return "";
  }

  const TestFolder folder_;
};

TEST_F(RotationTest, BringsEveryKeyUnderANewMasterKeyAndDropsTheOld) {
  FileKeyStore first = store();
  std::vector<std::string> keys;
  for (int i = 0; i < 5; ++i) keys.push_back(first.create("ec-p256"));
  const std::string old_text = master_text(), old_name = envelope(keys[0]).master;
  const std::string public_key = first.public_key(keys[0]);
  const Rotation done = store().rotate();
  EXPECT_EQ(done.keys, 5u);
  EXPECT_EQ(done.rewrapped, 5u);
  EXPECT_TRUE(done.older_dropped);
  EXPECT_NE(done.master, old_name);
  EXPECT_EQ(master_text().size(), old_text.size()) << "one key";
  EXPECT_NE(master_text(), old_text);
  FileKeyStore again = store();
  for (const std::string& key : keys) {
    EXPECT_EQ(envelope(key).master, done.master);
    expect_signs(again, key);
  }
  EXPECT_EQ(again.public_key(keys[0]), public_key);
  write_durable(folder_.path / "master.key", old_text);
  FileKeyStore stale = store();
  EXPECT_EQ(code_of([&] { stale.public_key(keys[0]); }), "key.master_wrong");
}

TEST_F(RotationTest, AServerThatRunsMeanwhileGoesOn) {
  FileKeyStore server(folder_.path, MasterKeyring(folder_.path, {}), next_id, 1);
  const std::string one = server.create("ec-p256"), two = server.create("ec-p256");
  const Rotation done = store().rotate();
  expect_signs(server, one);
  expect_signs(server, two);
  const std::string three = server.create("ec-p256");
  EXPECT_EQ(envelope(three).master, done.master) << "made under a key that was dropped";
  FileKeyStore after = store();
  expect_signs(after, three);
}

TEST_F(RotationTest, InterruptedAnywhereEveryKeyOpensAndTheNextRunFinishes) {
  FileKeyStore first = store();
  std::vector<std::string> keys;
  for (int i = 0; i < 4; ++i) keys.push_back(first.create("ec-p256"));
  const auto before = [&] {
    std::map<std::string, std::string> files{{"master.key", master_text()}};
    for (const std::string& key : keys)
      files[key + ".key"] = *read_small_file(folder_.path / (key + ".key"));
    return files;
  }();
  MasterKeyring(folder_.path, {}).add();
  const std::string both = master_text();
  const Rotation whole = store().rotate();
  EXPECT_EQ(whole.rewrapped, 4u) << "it went on with the master key that was there";
  std::map<std::string, std::string> after;
  for (const std::string& key : keys)
    after[key + ".key"] = *read_small_file(folder_.path / (key + ".key"));

  for (std::size_t done = 0; done <= keys.size(); ++done) {
    write_durable(folder_.path / "master.key", both);
    for (std::size_t i = 0; i < keys.size(); ++i)
      write_durable(folder_.path / (keys[i] + ".key"),
                    (i < done ? after : before).at(keys[i] + ".key"));
    FileKeyStore server = store();
    for (const std::string& key : keys) expect_signs(server, key);
    EXPECT_TRUE(server.check().empty());
    const Rotation rest = store().rotate();
    EXPECT_EQ(rest.rewrapped, keys.size() - done);
    EXPECT_EQ(rest.master, whole.master);
    FileKeyStore last = store();
    for (const std::string& key : keys) expect_signs(last, key);
  }
}

TEST_F(RotationTest, WhileAKeyCannotBeOpenedTheOldMasterKeyStays) {
  FileKeyStore first = store();
  const std::string good = first.create("ec-p256"), bad = first.create("ec-p256");
  const auto path = folder_.path / (bad + ".key");
  const std::string sound = *read_small_file(path);
  write_durable(path, "{}");
  EXPECT_EQ(code_of([&] { store().rotate(); }), "key.damaged");
  EXPECT_EQ(store().check().size(), 1u);
  write_durable(path, sound);  // from a backup of before
  FileKeyStore again = store();
  expect_signs(again, good);
  expect_signs(again, bad);
  EXPECT_EQ(store().rotate().keys, 2u);
}

TEST_F(RotationTest, FromTheEnvironmentTheNewOneStandsFirst) {
  const std::string old_key(64, 'a'), new_key(64, 'b');
  MasterKeySource source;
  source.environment = old_key;
  const std::string key = store(source).create("ec-p256");
  EXPECT_EQ(code_of([&] { store(source).rotate(); }), "key.master_given");
  source.environment = new_key + "," + old_key;
  const Rotation done = store(source).rotate();
  EXPECT_EQ(done.rewrapped, 1u);
  EXPECT_FALSE(done.older_dropped);
  source.environment = new_key;
  FileKeyStore alone = store(source);
  expect_signs(alone, key);
  EXPECT_FALSE(std::filesystem::exists(folder_.path / "master.key"));
}

TEST_F(RotationTest, ThreadsMakeAndUseKeysMeanwhile) {
  FileKeyStore server = store();
  const std::string shared = server.create("ec-p256");
  std::atomic<bool> stop{false};
  std::vector<std::thread> threads;
  std::vector<std::vector<std::string>> made(3);
  for (std::vector<std::string>& own : made)
    threads.emplace_back([&] {
      while (!stop) {
        own.push_back(server.create("ec-p256"));
        expect_signs(server, own.back());
        expect_signs(server, shared);
        if (own.size() % 3 == 0) {
          server.destroy(own.back());
          own.pop_back();
        }
      }
    });
  for (int i = 0; i < 5; ++i) store().rotate();
  stop = true;
  for (std::thread& thread : threads) thread.join();
  FileKeyStore after = store();
  std::size_t count = 1;
  for (const auto& own : made) {
    count += own.size();
    for (const std::string& key : own) expect_signs(after, key);
  }
  EXPECT_EQ(after.size(), count) << "a key that was destroyed came back, or one was lost";
}

TEST_F(RotationTest, TheCommandSaysWhatItDid) {
  FileKeyStore own = store();
  own.create("ec-p256");
  EXPECT_EQ(keys_command(own, {"check"}), 0);
  EXPECT_EQ(keys_command(own, {"rotate"}), 0);
  EXPECT_EQ(keys_command(own, {}), 0);
  EXPECT_EQ(code_of([&] { keys_command(own, {"burn"}); }), "key.usage");
  EXPECT_EQ(code_of([&] { keys_command(own, {"rotate", "now"}); }), "key.usage");
  write_durable(folder_.path / "key_01ARZ3NDEKTSV4RRFFQ69G5FAV.key", "{}");
  EXPECT_EQ(keys_command(own, {"check"}), 1);
}

}  // namespace
}  // namespace cinnabar::filekeys
