#include <cinnabar/package/store.hpp>
#include <cinnabar/testing/folder.hpp>

#include <gtest/gtest.h>

#include <sys/stat.h>

namespace cinnabar::package {
namespace {

using testing::TestFolder;

const SigningKey& key() {
  static const SigningKey kKey = SigningKey::make();
  return kKey;
}

std::string read(const std::filesystem::path& path) { return read_small_file(path).value(); }

FileList list_of(const std::filesystem::path& folder) {
  FileList list = list_folder(folder);
  list.plugin = "com.example.small";
  list.version = "1.0.0";
  return list;
}

// A small package, signed.
class PackageTest : public ::testing::Test {
 protected:
  PackageTest() {
    folder.write("plugin.json", R"({"id":"com.example.small"})");
    folder.write("plugin.so", "\x7f" "ELF");
    folder.write("migrations/001_small.sql", "SELECT 1;");
    sign();
  }
  void sign() {
    signature = key().sign(list_of(folder.path));
    folder.write(kSignatureFile, signature_text(signature));
  }
  std::string archive() const {
    std::string out;
    write_archive(folder.path, signature, [&](std::string_view part) { out += part; });
    return out;
  }
  // What is said of the folder; empty: it is what was signed.
  std::string fault() const {
    try {
      const auto found = folder_signature(folder.path);
      if (!found) return "not signed";
      check_folder(folder.path, found->package);
      return {};
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), "package.refused");
      return error.params()[0].second + ": " + error.params()[1].second;
    }
  }

  TestFolder folder;
  Signature signature;
};

TEST_F(PackageTest, WhatWasSignedIsTaken) {
  EXPECT_EQ(fault(), "");
  EXPECT_EQ(signature.package.key, key().public_key());
  const std::string bytes = archive();
  const Archive read = read_archive(bytes);
  ASSERT_EQ(read.contents.size(), 3u);
  EXPECT_EQ(read.contents[0], "SELECT 1;");
  EXPECT_EQ(read.signature.package.files[0].path, "migrations/001_small.sql");
}

TEST_F(PackageTest, TheSameFilesAndKeyMakeTheSameBytes) {
  const std::string first = archive();
  sign();
  EXPECT_EQ(archive(), first);
}

TEST_F(PackageTest, EveryByteOfAnArchiveCounts) {
  const std::string bytes = archive();
  for (std::size_t i = 0; i < bytes.size(); ++i)
    for (const char flip : {'\x01', '\x20', '\x80'}) {
      std::string changed = bytes;
      changed[i] = static_cast<char>(changed[i] ^ flip);
      EXPECT_THROW(read_archive(changed), Error) << "byte " << i << " of " << bytes.size();
    }
  for (std::size_t size = 0; size < bytes.size(); ++size)
    EXPECT_THROW(read_archive(bytes.substr(0, size)), Error) << size << " bytes";
  EXPECT_THROW(read_archive(bytes + '\0'), Error);
  EXPECT_THROW(read_archive(bytes + bytes), Error);
}

TEST_F(PackageTest, EveryByteOfASignatureFileCounts) {
  const std::string good = signature_text(signature);
  const auto taken = [](const std::string& text) {
    try {
      check_holds(read_signature(text));
      return true;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), "package.refused");
      return false;
    }
  };
  ASSERT_TRUE(taken(good));
  for (std::size_t i = 0; i < good.size(); ++i)
    for (int bit = 0; bit < 8; ++bit) {
      std::string changed = good;
      changed[i] = static_cast<char>(changed[i] ^ (1 << bit));
      EXPECT_FALSE(taken(changed)) << "bit " << bit << " of byte " << i;
    }
}

TEST_F(PackageTest, EveryByteOfEveryFileInAFolderCounts) {
  for (const ListedFile& file : signature.package.files) {
    const std::string good = read(folder.path / file.path);
    for (std::size_t i = 0; i < good.size(); ++i) {
      std::string changed = good;
      changed[i] = static_cast<char>(changed[i] ^ 1);
      folder.write(file.path, changed);
      EXPECT_EQ(fault(), file.path + ": is not the file that was signed: its SHA-256 differs");
    }
    folder.write(file.path, good + "\n");
    EXPECT_NE(fault(), "") << file.path << " with a byte more";
    folder.write(file.path, good);
  }
  EXPECT_EQ(fault(), "");
}

TEST_F(PackageTest, WhatIsNotListedIsNamed) {
  folder.write("extra.so", "x");
  EXPECT_EQ(fault(), "extra.so: is not listed in SIGNATURE.json");
  std::filesystem::remove(folder.path / "extra.so");
  folder.write("migrations/002_more.sql", "x");
  EXPECT_EQ(fault(), "migrations/002_more.sql: is not listed in SIGNATURE.json");
  std::filesystem::remove(folder.path / "migrations/002_more.sql");
  std::filesystem::create_directory(folder.path / "empty");
  EXPECT_EQ(fault(), "empty/: is an empty folder");
}

TEST_F(PackageTest, WhatIsMissingIsNamed) {
  std::filesystem::remove(folder.path / "plugin.so");
  EXPECT_EQ(fault(), "plugin.so: is listed in SIGNATURE.json and missing");
}

TEST_F(PackageTest, AFileInAnotherCaseIsAnotherFile) {
  std::filesystem::rename(folder.path / "plugin.so", folder.path / "Plugin.so");
  EXPECT_EQ(fault(), "Plugin.so: is not listed in SIGNATURE.json");
}

TEST_F(PackageTest, LinksPipesAndSocketsAreRefusedEvenWithTheRightContent) {
  const auto place = folder.path / "plugin.so";
  TestFolder outside;
  outside.write("plugin.so", read(place));
  std::filesystem::remove(place);
  std::filesystem::create_symlink(outside.path / "plugin.so", place);
  EXPECT_EQ(fault(), "plugin.so: is a symbolic link; a package holds plain files only");
  std::filesystem::remove(place);
  ASSERT_EQ(::mkfifo(place.c_str(), 0600), 0);
  EXPECT_EQ(fault(), "plugin.so: is a pipe; a package holds plain files only");
  std::filesystem::remove(place);

  outside.write("001_small.sql", read(folder.path / "migrations/001_small.sql"));
  std::filesystem::remove(outside.path / "plugin.so");
  std::filesystem::remove_all(folder.path / "migrations");
  std::filesystem::create_directory_symlink(outside.path, folder.path / "migrations");
  EXPECT_EQ(fault(), "migrations: is a symbolic link; a package holds plain files only");
}

TEST_F(PackageTest, ASignatureFileBehindALinkIsRefused) {
  TestFolder outside;
  outside.write("s", read(folder.path / kSignatureFile));
  std::filesystem::remove(folder.path / kSignatureFile);
  std::filesystem::create_symlink(outside.path / "s", folder.path / kSignatureFile);
  EXPECT_EQ(fault(), "SIGNATURE.json: is not a plain file");
}

// Lists that a hostile publisher could sign.
TEST_F(PackageTest, AListThatCouldLeadElsewhereIsRefusedWhoeverSignedIt) {
  const std::string hash(64, 'a');
  for (const std::string path :
       {"../plugin.so", "a/../../b", "/etc/passwd", "a//b", "a/", "", ".hidden", "a/.b", "a b",
        "a\\b", "a\nb", "\xE5\x8D\xB0", "SIGNATURE.json", "Plugin.json", "plugin.json/x"}) {
    FileList list = list_of(folder.path);
    list.files.push_back({path, 1, hash, false});
    std::sort(list.files.begin(), list.files.end(),
              [](const auto& a, const auto& b) { return a.path < b.path; });
    EXPECT_THROW(read_signature(signature_text(key().sign(list))), Error) << path;
  }
  const auto refused = [](FileList list) {
    EXPECT_THROW(read_signature(signature_text(key().sign(std::move(list)))), Error);
  };
  FileList list = list_of(folder.path);
  read_signature(signature_text(key().sign(list)));  // as it is, it is fine
  list.format = 2;
  refused(list);
  list = list_of(folder.path);
  list.files.push_back(list.files.back());
  refused(list);
  list = list_of(folder.path);
  std::swap(list.files[0], list.files[1]);
  refused(list);
  list = list_of(folder.path);
  list.files[0].size = -1;
  refused(list);
  list.files[0].size = kSizeMax;
  refused(list);
  list = list_of(folder.path);
  list.files[0].sha256[0] = 'G';
  refused(list);
  list = list_of(folder.path);
  std::erase_if(list.files, [](const ListedFile& file) { return file.path == "plugin.json"; });
  refused(list);
}

TEST_F(PackageTest, AnotherKeyAnotherPluginAnotherVersionDoNotFitTheSignature) {
  for (const auto& change : std::vector<std::function<void(FileList&)>>{
           [](FileList& list) { list.key = SigningKey::make().public_key(); },
           [](FileList& list) { list.plugin = "com.example.other"; },
           [](FileList& list) { list.version = "1.0.1"; },
           [](FileList& list) { list.files[0].executable = true; }}) {
    Signature changed = signature;
    change(changed.package);
    EXPECT_FALSE(holds(changed));
    EXPECT_THROW(check_holds(changed), Error);
  }
}

TEST_F(PackageTest, PartsOfAnArchiveAreExactlyTheListedOnesInOrder) {
  const auto zip = [&](const std::vector<std::string>& names) {
    std::vector<evidence::ZipPart> parts;
    std::string out;
    for (const std::string& name : names) {
      const std::string content = name == kSignatureFile || signature.package.find(name)
                                      ? read(folder.path / name) : "x";
      parts.push_back({name, content.size(), evidence::crc32(content), out.size()});
      out += evidence::zip_header(parts.back()) + content;
    }
    return out + evidence::zip_directory(parts, out.size());
  };
  const std::string s(kSignatureFile), m = "migrations/001_small.sql", j = "plugin.json",
                                       l = "plugin.so";
  read_archive(zip({s, m, j, l}));
  for (const auto& names : std::vector<std::vector<std::string>>{
           {m, s, j, l}, {s, j, m, l}, {s, m, j}, {s, m, j, l, "extra"}, {s, m, j, l, l},
           {s, m, m, j, l}, {s}, {s, s, m, j, l}, {s, m, j, "../plugin.so"}})
    EXPECT_THROW(read_archive(zip(names)), Error);
}

TEST(SigningKeyTest, SurvivesItsFile) {
  const SigningKey one = SigningKey::make();
  const auto again = SigningKey::parse(one.pem());
  ASSERT_TRUE(again);
  EXPECT_EQ(again->public_key(), one.public_key());
  EXPECT_TRUE(is_hex(one.public_key(), 64));
  EXPECT_NE(SigningKey::make().public_key(), one.public_key());
  EXPECT_FALSE(SigningKey::parse("no key"));
  EXPECT_FALSE(SigningKey::parse(""));
}

using StoreTest = PackageTest;

TEST_F(StoreTest, InstallsAnArchiveAndAFolderAlikeAndNeverOverAnother) {
  TestFolder data;
  const auto approve = [](const Signature&, const std::string& manifest) {
    EXPECT_EQ(manifest, R"({"id":"com.example.small"})");
  };
  const auto file = data.write("small.cinnabar", archive());
  install(data.path, file, approve);
  const auto place = data.path / "packages/com.example.small/1.0.0";
  EXPECT_EQ(installed_places(data.path), std::vector{place});
  check_folder(place, folder_signature(place)->package);
  EXPECT_THROW(install(data.path, file, approve), Error);
  EXPECT_THROW(install(data.path, folder.path, approve), Error);

  EXPECT_FALSE(remove(data.path, "com.example.small", "1.0.1"));
  EXPECT_FALSE(remove(data.path, "com.example.small", ".."));
  EXPECT_FALSE(remove(data.path, "..", "packages"));
  EXPECT_TRUE(remove(data.path, "com.example.small", "1.0.0"));
  EXPECT_TRUE(installed_places(data.path).empty());
  install(data.path, folder.path, approve);
  check_folder(place, folder_signature(place)->package);
}

TEST_F(StoreTest, WhatIsNotApprovedLeavesNothingBehind) {
  TestFolder data;
  const auto refuse = [](const Signature&, const std::string&) { throw Error("no"); };
  EXPECT_THROW(install(data.path, folder.path, refuse), Error);
  folder.write("plugin.so", "changed");
  EXPECT_THROW(install(data.path, folder.path, [](const auto&, const auto&) {}), Error);
  EXPECT_FALSE(std::filesystem::exists(data.path / "packages"));
}

TEST_F(StoreTest, AnUnpackingThatWasBrokenOffIsClearedAway) {
  TestFolder data;
  data.write("packages/.new-abcdef/plugin.json", "{}");
  EXPECT_TRUE(installed_places(data.path).empty());
  install(data.path, folder.path, [](const auto&, const auto&) {});
  EXPECT_FALSE(std::filesystem::exists(data.path / "packages/.new-abcdef"));
  EXPECT_EQ(installed_places(data.path).size(), 1u);
}

}  // namespace
}  // namespace cinnabar::package
