#include "kernel/blob/blobs.hpp"

#include "kernel/base/ids.hpp"
#include "kernel/base/test_storage.hpp"
#include "kernel/db/committer.hpp"
#include "kernel/db/expired_rows.hpp"
#include "kernel/db/migrations.hpp"

#include <atomic>
#include <fstream>
#include <functional>
#include <thread>

namespace cinnabar::kernel {
namespace {

class BlobsTest : public ::testing::Test {
 protected:
  BlobsTest() { migrate(db_, {}, 1); }

  std::string upload(const std::string& content) {
    const std::string path = blobs_.stage();
    std::ofstream(path, std::ios::binary) << content;
    return blobs_.offer(path, sha256_hex(content));
  }
  // A request's end: rows name the blobs.
  void commit(const std::vector<std::string>& ids) {
    Commit commit;
    commit.writes.blobs = ids;
    committer_.commit(std::move(commit));
  }
  bool there(const std::string& id) {
    try {
      blobs_.size(id);
      return true;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), "blob.not_found");
      return false;
    }
  }
  void pass_a_day() { clocks_.advance(24 * 3'600'000); }
  std::size_t files() {
    std::size_t count = 0;
    for (const auto& entry :
         std::filesystem::recursive_directory_iterator(folder_.path / "blobs"))
      count += entry.is_regular_file();
    return count;
  }

  testing::TestFolder folder_;
  std::unique_ptr<TestPlugin> database_ = test_database(folder_.path);
  std::unique_ptr<TestPlugin> store_ = test_blob_store(folder_.path);
  Db db_{database_of(*database_)};
  ManualClocks clocks_;
  Committer committer_{db_, clocks_};
  Blobs blobs_{blob_store_of(*store_), db_, committer_, clocks_};
};

TEST_F(BlobsTest, held_content_can_be_read_before_and_after_it_is_published) {
  const std::string put = blobs_.put("from a plugin"), uploaded = upload("from a client");
  EXPECT_EQ(put, "sha256:" + sha256_hex("from a plugin"));
  for (int round = 0; round < 2; ++round) {
    EXPECT_EQ(blobs_.read(put, 0, 100), "from a plugin");
    EXPECT_EQ(blobs_.read(uploaded, 5, 3), "a c");
    EXPECT_EQ(blobs_.read(uploaded, 50, 3), "");
    EXPECT_EQ(blobs_.size(uploaded), 13);
    blobs_.publish({put, uploaded});
  }
}

TEST_F(BlobsTest, what_rows_name_stays) {
  const std::string id = blobs_.put("kept");
  blobs_.publish({id});
  commit({id});
  blobs_.settle({id});
  EXPECT_EQ(blobs_.read(id, 0, 100), "kept");
  EXPECT_EQ(blobs_.sweep(), 0);
  EXPECT_EQ(blobs_.missing(), 0);
}

TEST_F(BlobsTest, what_no_row_names_goes_published_or_not) {
  const std::string published = blobs_.put("one"), staged = upload("two"),
                    put = blobs_.put("three");
  blobs_.publish({published});
  blobs_.settle({published, staged, put});
  EXPECT_FALSE(there(staged) || there(put));
  EXPECT_TRUE(there(published)) << "another server may be about to name it";
  EXPECT_EQ(blobs_.sweep(), 0);
  pass_a_day();
  EXPECT_EQ(blobs_.sweep(), 1);
  EXPECT_EQ(files(), 0u);
}

TEST_F(BlobsTest, an_orphan_that_is_named_again_stays) {
  const std::string id = blobs_.put("again");
  blobs_.publish({id});
  blobs_.settle({id});
  pass_a_day();
  EXPECT_EQ(upload("again"), id);
  blobs_.publish({id});
  EXPECT_EQ(blobs_.sweep(), 0) << "it is held";
  commit({id});
  blobs_.settle({id});
  EXPECT_EQ(blobs_.sweep(), 0);
  EXPECT_EQ(blobs_.read(id, 0, 100), "again");
  EXPECT_EQ(blobs_.missing(), 0);
}

// The other server found the content stored and removes its upload; then it is swept here.
TEST_F(BlobsTest, nothing_can_name_what_another_server_removes) {
  Blobs other(blob_store_of(*store_), db_, committer_, clocks_);
  const std::string id = other.put("contested");
  other.publish({id});
  other.settle({id});
  pass_a_day();
  EXPECT_EQ(upload("contested"), id);
  blobs_.publish({id});
  EXPECT_EQ(other.sweep(), 1);
  EXPECT_THROW(commit({id}), Error);
  blobs_.settle({id});
  EXPECT_EQ(blobs_.missing(), 0);
  // When nobody can rely on the old content any more, new content may come.
  clocks_.advance(kBlobForbiddenMs - 1);
  ExpiredRows(db_, committer_, clocks_).sweep();
  EXPECT_THROW(commit({id}), Error);
  clocks_.advance(2);
  ExpiredRows(db_, committer_, clocks_).sweep();
  EXPECT_EQ(upload("contested"), id);
  blobs_.publish({id});
  commit({id});
  blobs_.settle({id});
  EXPECT_EQ(blobs_.read(id, 0, 100), "contested");
}

TEST_F(BlobsTest, a_store_that_does_not_answer_is_not_a_store_without_content) {
  cinnabar_blob_store table = *blob_store_of(*store_);
  table.size = [](void*, cinnabar_bytes, std::uint64_t*) -> cinnabar_status {
    return CINNABAR_UNAVAILABLE;
  };
  Blobs away(&table, db_, committer_, clocks_);
  const std::string id = blobs_.put("kept");
  blobs_.publish({id});
  commit({id});
  for (const auto& ask : std::vector<std::function<void()>>{
           [&] { away.missing(); }, [&] { away.publish({id}); }, [&] { away.put("new"); }})
    try {
      ask();
      ADD_FAILURE() << "it took no answer for an answer";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), "blob.unavailable");
      EXPECT_EQ(error.status(), CINNABAR_UNAVAILABLE);
    }
}

TEST_F(BlobsTest, another_requests_hold_keeps_content) {
  const std::string first = upload("same"), second = upload("same"), third = blobs_.put("same");
  EXPECT_EQ(first, second);
  EXPECT_EQ(files(), 1u);
  blobs_.publish({first});
  blobs_.settle({first});
  EXPECT_EQ(blobs_.read(third, 0, 100), "same");
  blobs_.settle({third});
  commit({second});
  blobs_.settle({second});
  EXPECT_TRUE(there(second));
}

TEST_F(BlobsTest, content_that_is_stored_already_is_not_stored_again_and_not_lost) {
  const std::string id = blobs_.put("old");
  blobs_.publish({id});
  commit({id});
  blobs_.settle({id});
  EXPECT_EQ(upload("old"), id);
  EXPECT_EQ(blobs_.put("old"), id);
  EXPECT_EQ(files(), 1u);
  blobs_.publish({id});
  blobs_.settle({id, id});
  EXPECT_EQ(blobs_.read(id, 0, 100), "old");
}

TEST_F(BlobsTest, publishing_what_nobody_has_is_refused) {
  try {
    blobs_.publish({"sha256:" + std::string(64, 'a')});
    FAIL() << "it was published";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "blob.not_found");
  }
}

TEST_F(BlobsTest, texts_that_are_no_ids_are_not_found) {
  for (const std::string& id :
       {std::string(), std::string("sha256:"), std::string("md5:") + std::string(64, 'a'),
        "sha256:" + std::string(64, 'A'), "sha256:../" + std::string(61, 'a')})
    EXPECT_FALSE(there(id)) << id;
}

TEST_F(BlobsTest, the_sweep_removes_what_a_dead_process_left) {
  const std::string kept = blobs_.put("kept"), held = blobs_.put("held");
  blobs_.publish({kept, held});
  commit({kept});
  blobs_.settle({kept});
  const cinnabar_blob_store* store = blob_store_of(*store_);
  for (int i = 0; i < 300; ++i) {
    const std::string content = "left " + std::to_string(i);
    store->put(store->self, bytes_of(sha256_hex(content)), bytes_of(content));
  }
  EXPECT_EQ(blobs_.sweep(), 0);
  pass_a_day();
  EXPECT_EQ(blobs_.sweep(), 300);
  EXPECT_TRUE(there(kept));
  EXPECT_TRUE(there(held));
}

TEST_F(BlobsTest, a_blob_that_the_disk_lost_is_missed) {
  const std::string id = blobs_.put("lost");
  blobs_.publish({id});
  commit({id});
  blobs_.settle({id});
  const cinnabar_blob_store* store = blob_store_of(*store_);
  store->remove(store->self, bytes_of(id.substr(7)));
  EXPECT_EQ(blobs_.missing(), 1);
}

// Requests with the same content come and go; those that commit must find it, at every moment.
TEST_F(BlobsTest, committed_content_survives_any_interleaving) {
  std::atomic<int> lost{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 6; ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < 15; ++i) {
        const std::string content = "round " + std::to_string(i);
        const std::string id = t % 2 ? blobs_.put(content) : upload(content);
        const bool commits = t == 0;
        if (t < 3) blobs_.publish({id});
        if (commits) commit({id});
        blobs_.settle({id});
        if (commits) lost += blobs_.read(id, 0, 100) != content;
      }
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(lost, 0);
  EXPECT_EQ(blobs_.missing(), 0);
  EXPECT_EQ(files(), 15u);
}

}  // namespace
}  // namespace cinnabar::kernel
