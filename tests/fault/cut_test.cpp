// A power cut at random moments: the disk holds what was synced, and perhaps some of the rest.
#include "recording.hpp"
#include "storage.hpp"

#include <gtest/gtest.h>

#include <random>

namespace cinnabar::fault {
namespace {

constexpr int kWriters = 3;
constexpr int kItems = 60;  // of each writer

// CINNABAR_CUTS raises it.
int cuts() {
  const char* text = std::getenv("CINNABAR_CUTS");
  return text ? std::atoi(text) : 100;
}

// CINNABAR_SEED repeats a run over the same log; the log itself is another each time.
std::uint64_t seed() {
  const char* text = std::getenv("CINNABAR_SEED");
  return text ? std::strtoull(text, nullptr, 10) : std::random_device{}();
}

// What the writer did is recorded once for all tests, which only read it.
class Cuts : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    recording_ = std::make_unique<Recording>(
        CINNABAR_FAULT_WRITER,
        std::vector<std::string>{std::to_string(kWriters), std::to_string(kItems)});
    ASSERT_EQ(recording_->exit_code(), 0);
  }
  static void TearDownTestSuite() { recording_.reset(); }

  static const std::string& log() { return recording_->log(); }

  // The storage as the cut leaves it, opened, and what is wrong with it, also after all work that
  // was under way has come to its end.
  static std::vector<std::string> faults_after(const std::string& log, const Cut& cut) {
    std::filesystem::remove_all(recording_->after());
    const auto marks = play_back(log, cut, recording_->after());
    try {
      Storage storage(recording_->after());
      auto faults = storage.faults({marks.begin(), marks.end()});
      if (!faults.empty()) return faults;
      storage.start_background();
      if (!storage.finish_background()) return {"something is stuck"};
      return storage.effect_faults();
    } catch (const std::exception& error) {
      return {std::string("it does not open: ") + error.what()};
    }
  }

  static void cut_at_random(Lost lost) {
    const std::uint64_t first = seed();
    std::mt19937_64 random(first);
    const std::vector<std::uint64_t> marks = ends_of_marks(log());
    for (int i = 0; i < cuts(); ++i) {
      // At any byte, and in turn right after an acknowledgement, where it must just have lasted.
      const std::uint64_t any = random() % log().size(), mark = marks.at(random() % marks.size());
      const Cut cut{i % 2 == 0 ? any : mark, lost, random()};
      ASSERT_EQ(faults_after(log(), cut), std::vector<std::string>{})
          << "cut " << i << " of seed " << first << ", at " << cut.at << " of " << log().size();
    }
    std::printf("seed %llu: %d cuts\n", static_cast<unsigned long long>(first), cuts());
  }

  // Of some cuts, those that lost what was acknowledged, or worse.
  static int found_out(const std::string& log) {
    std::mt19937_64 random(seed());
    int found = 0;
    for (int i = 0; i < 10; ++i) {
      const Cut cut{log.size() / 2 + random() % (log.size() / 2), Lost::everything, 0};
      found += faults_after(log, cut).empty() ? 0 : 1;
    }
    return found;
  }

  static std::unique_ptr<Recording> recording_;
};

std::unique_ptr<Recording> Cuts::recording_;

TEST_F(Cuts, the_whole_log_played_back_is_the_folder) { recording_->expect_complete(); }

TEST_F(Cuts, at_the_end_everything_is_there) {
  const Cut end{log().size(), Lost::everything, 0};
  EXPECT_EQ(recording_->lines(), static_cast<std::size_t>(kWriters * kItems));
  EXPECT_EQ(play_back(log(), end, recording_->after()).size(), recording_->lines());
  EXPECT_EQ(faults_after(log(), end), std::vector<std::string>{});
}

TEST_F(Cuts, what_was_acknowledged_survives_the_loss_of_all_that_was_not_synced) {
  cut_at_random(Lost::everything);
}

TEST_F(Cuts, what_was_acknowledged_survives_the_loss_of_some_of_what_was_not_synced) {
  cut_at_random(Lost::some);
}

TEST_F(Cuts, a_database_that_does_not_sync_is_found_out) {
  EXPECT_GT(found_out(without_syncs(
                log(), [](Op, const std::string& name) { return name.ends_with("-wal"); })),
            0);
}

TEST_F(Cuts, a_blob_store_that_does_not_sync_its_files_is_found_out) {
  EXPECT_GT(found_out(without_syncs(log(),
                                    [](Op op, const std::string& name) {
                                      return op == Op::sync && name.starts_with("blobs/");
                                    })),
            0);
}

TEST_F(Cuts, a_blob_store_that_does_not_sync_its_folders_is_found_out) {
  EXPECT_GT(found_out(without_syncs(log(),
                                    [](Op op, const std::string& name) {
                                      return op == Op::sync_folder && name.starts_with("blobs/");
                                    })),
            0);
}

}  // namespace
}  // namespace cinnabar::fault
