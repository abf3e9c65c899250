// What every database driver owes the platform: the suite of the SDK, through the table that
// crosses the boundary.
#include "@ident@.hpp"

#include <cinnabar/testing/database_suite.hpp>
#include <cinnabar/testing/fake_host.hpp>

namespace cinnabar {
namespace {

class @Class@UnderTest final : public DatabaseUnderTest {
 public:
  @Class@UnderTest() : folder_(std::make_shared<testing::TestFolder>()) { reopen(); }
  explicit @Class@UnderTest(std::shared_ptr<testing::TestFolder> folder)
      : folder_(std::move(folder)) {
    reopen();
  }
  const cinnabar_database* table() override { return &table_; }
  void reopen() override {
    driver_.reset();
    driver_ = std::make_unique<@ident@_plugin::@Class@>(fake_.host(), folder_->path / "test.db");
    table_ = detail::export_table(static_cast<Database*>(driver_.get()));
  }
  std::unique_ptr<DatabaseUnderTest> another() override {
    return std::make_unique<@Class@UnderTest>(folder_);
  }

 private:
  testing::FakeHost fake_;
  std::shared_ptr<testing::TestFolder> folder_;
  std::unique_ptr<@ident@_plugin::@Class@> driver_;
  cinnabar_database table_{};
};

std::unique_ptr<DatabaseUnderTest> make() { return std::make_unique<@Class@UnderTest>(); }

INSTANTIATE_TEST_SUITE_P(@Class@, DatabaseSuite, ::testing::Values(&make));

}  // namespace
}  // namespace cinnabar
