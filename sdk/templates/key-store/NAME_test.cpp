// What every key store owes the platform: the suite of the SDK, through the table that crosses the
// boundary.
#include "@ident@.hpp"

#include <cinnabar/testing/key_store_suite.hpp>
#include <cinnabar/testing/fake_host.hpp>

namespace cinnabar {
namespace {

class @Class@UnderTest final : public KeyStoreUnderTest {
 public:
  @Class@UnderTest() { reopen(); }
  const cinnabar_key_store* table() override { return &table_; }
  void reopen() override {
    store_ = std::make_unique<@ident@_plugin::@Class@>(fake_.host());
    store_->start();
    table_ = detail::export_table(static_cast<KeyStore*>(store_.get()));
  }

 private:
  testing::FakeHost fake_;  // its data folder stays through a restart
  std::unique_ptr<@ident@_plugin::@Class@> store_;
  cinnabar_key_store table_{};
};

std::unique_ptr<KeyStoreUnderTest> make() { return std::make_unique<@Class@UnderTest>(); }

INSTANTIATE_TEST_SUITE_P(@Class@, KeyStoreSuite, ::testing::Values(&make));

}  // namespace
}  // namespace cinnabar
