#include "@ident@.hpp"

#include <cinnabar/testing/fake_host.hpp>
#include <cinnabar/testing/local_service.hpp>

#include <gtest/gtest.h>

namespace @ident@_plugin {
namespace {

using namespace cinnabar;
using cinnabar::testing::LocalService;

// The reader behind: notes what it is asked. One that reads by itself runs the suite instead:
// check_spreadsheet() of <cinnabar/testing/spreadsheet_suite.hpp>.
class Behind final : public Spreadsheet {
 public:
  SheetTable read(const ReadSheetRequest& request, const Call&) override {
    rows_max = request.rows_max;
    return {"Sheet1", {{1, {"a"}}}, {}};
  }
  SheetFile write(const WriteSheetRequest& request, const Call&) override {
    return {Bytes(request.sheet)};
  }
  std::int64_t rows_max = 0;
};

class @Class@Test : public ::testing::Test {
 protected:
  @Class@Test() { fake_.add_service<Spreadsheet>(behind_, "xlsx"); }

  Behind behind_;
  cinnabar::testing::FakeHost fake_;
  @Class@ spreadsheet_{fake_.host()};
};

TEST_F(@Class@Test, AsksForNoMoreRowsThanTheHouseWants) {
  const LocalService<Spreadsheet> service(spreadsheet_, "ent_a", R"({"rows_max":10})");
  ReadSheetRequest request;
  EXPECT_EQ(service->read(request).rows.at(0).cells.at(0), "a");
  EXPECT_EQ(behind_.rows_max, 10);
  request.rows_max = 5;
  service->read(request);
  EXPECT_EQ(behind_.rows_max, 5);
}

TEST_F(@Class@Test, HandsOnWhatIsWritten) {
  WriteSheetRequest request;
  request.sheet = "Employees";
  EXPECT_EQ(LocalService<Spreadsheet>(spreadsheet_)->write(request).file.view(), "Employees");
}

TEST_F(@Class@Test, DoesNotHandOnToItself) {
  const LocalService<Spreadsheet> service(spreadsheet_, "ent_a", R"({"provider":"@name@"})");
  EXPECT_THROW(service->read({}), Error);
  EXPECT_THROW(service->write({}), Error);
  EXPECT_TRUE(fake_.invocations().empty());
}

}  // namespace
}  // namespace @ident@_plugin
