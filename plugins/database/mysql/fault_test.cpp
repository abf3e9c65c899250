#include "fault.hpp"

#include <gtest/gtest.h>

namespace cinnabar::mysql {
namespace {

TEST(Fault, each_error_number_asks_for_the_right_thing) {
  const struct {
    int number;
    Fault fault;
    cinnabar_status status;
  } cases[] = {
      {0, Fault::none, CINNABAR_OK},
      {1062, Fault::conflict, CINNABAR_CONFLICT},
      {1452, Fault::conflict, CINNABAR_CONFLICT},
      {1213, Fault::again, CINNABAR_CONFLICT},
      {1205, Fault::again, CINNABAR_CONFLICT},
      {1020, Fault::again, CINNABAR_CONFLICT},
      {1047, Fault::away, CINNABAR_UNAVAILABLE},
      {2002, Fault::away, CINNABAR_UNAVAILABLE},
      {2006, Fault::away, CINNABAR_UNAVAILABLE},
      {2013, Fault::away, CINNABAR_UNAVAILABLE},
      {1021, Fault::full, CINNABAR_UNAVAILABLE},
      {1290, Fault::full, CINNABAR_UNAVAILABLE},
      {1243, Fault::stale, CINNABAR_FAILED},
      {1045, Fault::denied, CINNABAR_FAILED},
      {1048, Fault::failed, CINNABAR_FAILED},
      {1064, Fault::failed, CINNABAR_FAILED},
      {1146, Fault::failed, CINNABAR_FAILED},
      {1406, Fault::failed, CINNABAR_FAILED},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(fault_of(c.number), c.fault) << c.number;
    EXPECT_EQ(status_of(fault_of(c.number)), c.status) << c.number;
  }
}

}  // namespace
}  // namespace cinnabar::mysql
