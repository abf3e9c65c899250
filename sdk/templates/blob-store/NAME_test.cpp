// What every blob store owes the platform: the suite of the SDK, through the table that crosses the
// boundary.
#include "@ident@.hpp"

#include <cinnabar/testing/blob_store_suite.hpp>
#include <cinnabar/testing/fake_host.hpp>

namespace cinnabar {
namespace {

class @Class@UnderTest final : public BlobStoreUnderTest {
 public:
  @Class@UnderTest() { reopen(); }
  const cinnabar_blob_store* table() override { return &table_; }
  void reopen() override {
    store_ = std::make_unique<@ident@_plugin::@Class@>(fake_.host());
    store_->start();
    table_ = detail::export_table(static_cast<BlobStore*>(store_.get()));
  }

 private:
  testing::FakeHost fake_;  // its data folder stays through a restart
  std::unique_ptr<@ident@_plugin::@Class@> store_;
  cinnabar_blob_store table_{};
};

std::unique_ptr<BlobStoreUnderTest> make() { return std::make_unique<@Class@UnderTest>(); }

INSTANTIATE_TEST_SUITE_P(@Class@, BlobStoreSuite, ::testing::Values(&make));

}  // namespace
}  // namespace cinnabar
