#include <cinnabar/package/trust.hpp>
#include <cinnabar/testing/folder.hpp>

#include <gtest/gtest.h>

#include <sys/stat.h>

namespace cinnabar::package {
namespace {

using testing::TestFolder;

class TrustTest : public ::testing::Test {
 protected:
  TrustTest() : key(SigningKey::make()) {
    rules.own_folders = {root.path / "own"};
    rules.publishers = {
        {"Example Ltd.", key.public_key(), PublisherClass::partner, {"com.example"}}};
  }

  std::filesystem::path plugin(const std::string& place, const std::string& id,
                               const std::string& scope = "enterprise") {
    root.write(place + "/plugin.json", R"({"id":")" + id + R"(","version":"1.0.0",)" +
                                           R"("contract":"1.0","provides":[],"scope":")" + scope +
                                           R"("})");
    root.write(place + "/plugin.so", "library");
    return root.path / place;
  }
  void sign(const std::filesystem::path& folder, const std::string& id,
            const std::string& version = "1.0.0") {
    FileList list = list_folder(folder);
    list.plugin = id;
    list.version = version;
    write_durable(folder / kSignatureFile, signature_text(key.sign(list)));
  }
  // The class, or what speaks against it.
  std::string verdict(const std::filesystem::path& folder) {
    try {
      return std::string(name_of(read_plugin(folder, rules).trust.trust));
    } catch (const Error& error) {
      return error.params()[1].second;
    }
  }
  bool refused(const std::filesystem::path& folder, std::string_view because) {
    return verdict(folder).find(because) != std::string::npos;
  }

  TestFolder root;
  SigningKey key;
  TrustRules rules;
};

TEST_F(TrustTest, what_lies_beside_the_executable_under_our_ids_is_first_party) {
  EXPECT_EQ(verdict(plugin("own/cinnabar.a", "cinnabar.a")), "first_party");
  EXPECT_TRUE(refused(plugin("own/cinnabar.b", "cinnabar.c"), "another plugin"));
  EXPECT_TRUE(refused(plugin("own/com.example.d", "com.example.d"), "is not signed"));
  EXPECT_TRUE(refused(plugin("elsewhere/cinnabar.a", "cinnabar.a"), "is not signed"));
}

TEST_F(TrustTest, what_others_may_change_is_not_first_party) {
  const auto folder = plugin("own/cinnabar.a", "cinnabar.a");
  for (const auto& path :
       {folder, folder / "plugin.so", folder / "plugin.json", root.path / "own"}) {
    struct stat before {};
    ASSERT_EQ(::stat(path.c_str(), &before), 0);
    ::chmod(path.c_str(), before.st_mode | S_IWOTH);
    EXPECT_TRUE(refused(folder, "can be changed by others")) << path;
    ::chmod(path.c_str(), before.st_mode);
  }
  EXPECT_EQ(verdict(folder), "first_party");
  std::filesystem::rename(folder, root.path / "moved");
  std::filesystem::create_directory_symlink(root.path / "moved", folder);
  EXPECT_TRUE(refused(folder, "symbolic link"));
}

TEST_F(TrustTest, the_configuration_says_how_far_a_publisher_is_trusted) {
  const auto folder = plugin("p", "com.example.a");
  sign(folder, "com.example.a");
  EXPECT_EQ(verdict(folder), "partner");
  EXPECT_EQ(read_plugin(folder, rules).trust.publisher, "Example Ltd.");
  rules.publishers[0].trust = PublisherClass::private_;
  EXPECT_EQ(verdict(folder), "private");
  rules.publishers[0].ids = {"com.example.b", "com.exampl"};
  EXPECT_TRUE(refused(folder, "may not bring com.example.a"));
  rules.publishers[0].ids.clear();
  EXPECT_EQ(verdict(folder), "private");
  rules.publishers.clear();
  EXPECT_TRUE(refused(folder, "none of plugins.publishers"));
  rules.allow_dev = true;  // what is signed and does not hold is no development
  EXPECT_TRUE(refused(folder, "none of plugins.publishers"));
}

TEST_F(TrustTest, nobody_else_signs_our_ids) {
  rules.publishers[0].ids.clear();
  const auto folder = plugin("p", "cinnabar.a");
  sign(folder, "cinnabar.a");
  EXPECT_TRUE(refused(folder, "may not bring cinnabar.a"));
}

TEST_F(TrustTest, the_signed_id_and_version_are_those_of_the_manifest) {
  const auto folder = plugin("p", "com.example.a");
  sign(folder, "com.example.b");
  EXPECT_TRUE(refused(folder, "says com.example.a 1.0.0, signed was com.example.b 1.0.0"));
  sign(folder, "com.example.a", "1.0.1");
  EXPECT_TRUE(refused(folder, "signed was com.example.a 1.0.1"));
}

TEST_F(TrustTest, what_nobody_signed_is_for_development) {
  const auto folder = plugin("p", "com.example.a");
  EXPECT_TRUE(refused(folder, "is not signed"));
  rules.allow_dev = true;
  EXPECT_EQ(verdict(folder), "dev");
  EXPECT_TRUE(refused(plugin("q", "cinnabar.a"), "as only plugins that came with"));
}

TEST_F(TrustTest, a_partner_serves_the_enterprises_that_want_it) {
  const auto folder = plugin("p", "com.example.a", "installation");
  sign(folder, "com.example.a");
  EXPECT_TRUE(refused(folder, "has not the scope"));
  rules.publishers[0].trust = PublisherClass::private_;
  EXPECT_EQ(verdict(folder), "private");
}

TEST_F(TrustTest, bytes_are_held_against_the_list_as_they_are_used) {
  const auto folder = plugin("p", "com.example.a");
  sign(folder, "com.example.a");
  const Trust trust = read_plugin(folder, rules).trust;
  trust.check("plugin.so", "library");
  EXPECT_THROW(trust.check("plugin.so", "librarx"), Error);
  EXPECT_THROW(trust.check("migrations/001_a.sql", ""), Error);
  Trust{}.check("anything", "of a plugin that needs no signature");
}

TEST(BeginsWithId, compares_whole_parts) {
  EXPECT_TRUE(begins_with_id("com.example.pin", "com.example"));
  EXPECT_TRUE(begins_with_id("com.example.pin", "com.example."));
  EXPECT_TRUE(begins_with_id("com.example", "com.example"));
  EXPECT_FALSE(begins_with_id("com.examples.pin", "com.example"));
  EXPECT_FALSE(begins_with_id("com", "com.example"));
}

TEST(IsPackage, lies_two_folders_below_the_store) {
  EXPECT_TRUE(is_package("d/packages/com.example.a/1.0.0", "d"));
  EXPECT_FALSE(is_package("d/packages/com.example.a", "d"));
  EXPECT_FALSE(is_package("e/packages/com.example.a/1.0.0", "d"));
  EXPECT_FALSE(is_package("packages/com.example.a/1.0.0", ""));
}

}  // namespace
}  // namespace cinnabar::package
