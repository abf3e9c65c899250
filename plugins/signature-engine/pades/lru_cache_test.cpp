#include <cinnabar/lru_cache.hpp>

#include <gtest/gtest.h>

namespace cinnabar {
namespace {

std::shared_ptr<const int> number(int value) { return std::make_shared<const int>(value); }

TEST(LruCache, WhatWasNotUsedForLongestGoesFirst) {
  LruCache<int> cache(2);
  cache.insert("a", number(1));
  cache.insert("b", number(2));
  ASSERT_NE(cache.find("a"), nullptr);
  cache.insert("c", number(3));
  EXPECT_EQ(cache.find("b"), nullptr);
  EXPECT_EQ(*cache.find("a"), 1);
  EXPECT_EQ(*cache.find("c"), 3);
}

TEST(LruCache, HoldsNoMoreThanItsWeight) {
  LruCache<int> cache(10);
  cache.insert("a", number(1), 6);
  cache.insert("b", number(2), 6);
  EXPECT_EQ(cache.find("a"), nullptr);
  EXPECT_EQ(*cache.insert("c", number(3), 11), 3);
  EXPECT_EQ(cache.find("c"), nullptr);
  EXPECT_NE(cache.find("b"), nullptr) << "went for one that was not kept";
}

TEST(LruCache, TheFirstOfTwoInsertsStays) {
  LruCache<int> cache(2);
  const auto first = cache.insert("a", number(1));
  EXPECT_EQ(cache.insert("a", number(2)), first);
}

TEST(LruCache, LongKeysThatDifferOnlyInTheMiddleAreTwo) {
  LruCache<int> cache(4);
  std::string one(5'000, 'x'), two = one;
  two[2'500] = 'y';
  cache.insert(one, number(1));
  EXPECT_EQ(cache.find(two), nullptr);
  cache.insert(two, number(2));
  EXPECT_EQ(*cache.find(one), 1);
  cache.remove(one);
  EXPECT_EQ(cache.find(one), nullptr);
  EXPECT_EQ(*cache.find(two), 2);
}

}  // namespace
}  // namespace cinnabar
