// The model itself: a replay that kept too much would prove nothing.
#include "recording.hpp"

#include <gtest/gtest.h>

#include <set>

namespace cinnabar::fault {
namespace {

class Replay : public ::testing::Test {
 protected:
  void add(Op op, std::uint64_t file, const std::string& name, const std::string& name2 = {},
           std::uint64_t offset = 0, const std::string& data = {}, std::uint64_t size = 0) {
    const RecordHeader header{op,
                              static_cast<std::uint32_t>(name.size()),
                              static_cast<std::uint32_t>(name2.size()),
                              0,
                              file,
                              offset,
                              op == Op::write ? data.size() : size};
    log_.append(reinterpret_cast<const char*>(&header), sizeof header);
    log_ += name + name2 + data;
  }
  // Names of files with their content, after a cut at the end of the log.
  std::string after(const Cut& how = {}) {
    std::filesystem::remove_all(folder_.path / "out");
    Cut cut = how;
    cut.at = log_.size() - how.at;
    play_back(log_, cut, folder_.path / "out");
    std::map<std::string, std::string> files;
    for (const auto& entry :
         std::filesystem::recursive_directory_iterator(folder_.path / "out")) {
      if (!entry.is_regular_file()) continue;
      std::ifstream file(entry.path());
      std::getline(file, files[entry.path().lexically_relative(folder_.path / "out").string()]);
    }
    std::string out;
    for (const auto& [name, content] : files) out += name + "=" + content + " ";
    return out;
  }

  testing::TestFolder folder_;
  std::string log_;
};

TEST_F(Replay, a_file_needs_its_own_sync_and_its_folders) {
  add(Op::create, 7, "a");
  add(Op::write, 7, "", "", 0, "text");
  EXPECT_EQ(after(), "");
  add(Op::sync_folder, 1, ".");
  EXPECT_EQ(after(), "a= ");
  add(Op::sync, 7, "a");
  EXPECT_EQ(after(), "a=text ");
}

TEST_F(Replay, a_renamed_file_is_back_at_its_old_place_until_the_folder_is_synced) {
  add(Op::create, 7, "new");
  add(Op::write, 7, "", "", 0, "text");
  add(Op::sync, 7, "new");
  add(Op::sync_folder, 1, ".");
  add(Op::rename, 0, "new", "old");
  EXPECT_EQ(after(), "new=text ");
  add(Op::sync_folder, 1, ".");
  EXPECT_EQ(after(), "old=text ");
}

TEST_F(Replay, a_link_lasts_with_its_folder_and_has_the_content_of_the_file) {
  add(Op::create, 7, "draft");
  add(Op::write, 7, "", "", 0, "text");
  add(Op::link, 0, "draft", "sure");
  add(Op::remove, 0, "draft");
  add(Op::sync, 7, "sure");
  EXPECT_EQ(after(), "");
  add(Op::sync_folder, 1, ".");
  EXPECT_EQ(after(), "sure=text ");
}

TEST_F(Replay, what_lies_in_a_folder_that_does_not_last_is_lost) {
  add(Op::make_folder, 0, "sub");
  add(Op::create, 7, "sub/a");
  add(Op::write, 7, "", "", 0, "text");
  add(Op::sync, 7, "sub/a");
  add(Op::sync_folder, 2, "sub");
  EXPECT_EQ(after(), "");
  add(Op::sync_folder, 1, ".");
  EXPECT_EQ(after(), "sub/a=text ");
}

TEST_F(Replay, writes_cuts_and_removals_last_only_when_synced) {
  add(Op::create, 7, "a");
  add(Op::write, 7, "", "", 0, "abcdef");
  add(Op::sync, 7, "a");
  add(Op::sync_folder, 1, ".");
  add(Op::write, 7, "", "", 2, "XY");
  add(Op::truncate, 7, "", "", 0, "", 5);
  EXPECT_EQ(after(), "a=abcdef ");
  add(Op::sync, 7, "a");
  EXPECT_EQ(after(), "a=abXYe ");
  add(Op::remove, 0, "a");
  EXPECT_EQ(after(), "a=abXYe ");
  add(Op::sync_folder, 1, ".");
  EXPECT_EQ(after(), "");
}

TEST_F(Replay, an_inode_used_again_is_another_file) {
  add(Op::create, 7, "a");
  add(Op::write, 7, "", "", 0, "old");
  add(Op::sync, 7, "a");
  add(Op::sync_folder, 1, ".");
  add(Op::remove, 0, "a");
  add(Op::create, 7, "b");
  add(Op::write, 7, "", "", 0, "new");
  add(Op::sync, 7, "b");
  EXPECT_EQ(after(), "a=old ");
}

TEST_F(Replay, some_of_what_was_not_synced_may_survive_but_never_less_than_was_synced) {
  add(Op::create, 7, "a");
  add(Op::write, 7, "", "", 0, "safe");
  add(Op::sync, 7, "a");
  add(Op::sync_folder, 1, ".");
  add(Op::write, 7, "", "", 4, " more");
  add(Op::create, 8, "b");
  std::set<std::string> seen;
  for (std::uint64_t seed = 0; seed < 50; ++seed) seen.insert(after({0, Lost::some, seed}));
  EXPECT_EQ(seen,
            (std::set<std::string>{"a=safe ", "a=safe b= ", "a=safe more ", "a=safe more b= "}));
}

TEST_F(Replay, a_process_that_only_died_loses_nothing) {
  add(Op::make_folder, 0, "sub");
  add(Op::create, 7, "sub/a");
  add(Op::write, 7, "", "", 0, "text");
  EXPECT_EQ(after({0, Lost::nothing, 0}), "sub/a=text ");
}

TEST_F(Replay, syncs_can_be_left_out_of_a_log) {
  add(Op::create, 7, "a");
  add(Op::write, 7, "", "", 0, "text");
  add(Op::sync, 7, "a");
  add(Op::sync_folder, 1, ".");
  log_ = without_syncs(
      log_, [](Op op, const std::string& name) { return op == Op::sync && name == "a"; });
  EXPECT_EQ(after(), "a= ");
}

TEST(Shim, sees_every_way_to_change_a_file) {
  const Recording recording(CINNABAR_SHIM_PROBE);
  EXPECT_EQ(recording.exit_code(), 0);
  recording.expect_complete();
}

TEST_F(Replay, a_log_that_ends_within_a_record_is_taken_as_far_as_it_goes) {
  add(Op::create, 7, "a");
  add(Op::sync_folder, 1, ".");
  add(Op::mark, 0, "text");
  for (std::uint64_t cut = 1; cut < 30; ++cut)
    EXPECT_EQ(after({cut, Lost::everything, 0}), "a= ") << cut;
}

}  // namespace
}  // namespace cinnabar::fault
