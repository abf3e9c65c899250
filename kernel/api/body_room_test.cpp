#include "kernel/api/body_room.hpp"

#include <gtest/gtest.h>

namespace cinnabar::kernel {
namespace {

TEST(BodyRoom, IsGivenBackByTheLastHolder) {
  BodyRoom room(10);
  std::shared_ptr<const void> first = room.take(7);
  ASSERT_TRUE(first);
  EXPECT_FALSE(room.take(4));
  EXPECT_TRUE(room.take(3));  // and given back at once
  const std::shared_ptr<const void> second = first;
  first.reset();
  EXPECT_FALSE(room.take(4));
}

TEST(BodyRoom, MayOutliveItsOwner) {
  std::shared_ptr<const void> held;
  {
    BodyRoom room(10);
    held = room.take(10);
    EXPECT_FALSE(room.take(1));
  }
  EXPECT_TRUE(held);
}

}  // namespace
}  // namespace cinnabar::kernel
