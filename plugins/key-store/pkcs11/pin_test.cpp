#include "pin.hpp"

#include <cinnabar/error.hpp>
#include <cinnabar/testing/folder.hpp>

#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>

namespace cinnabar::pkcs11keys {
namespace {

TEST(Pin, IsTheFirstLineOfItsFile) {
  const testing::TestFolder folder;
  for (const char* text : {"12 34", "12 34\n", "12 34\r\nmore\n"})
    EXPECT_EQ(Pin::read(folder.write("pin", text)).view(), "12 34");
  for (const char* text : {"", "\n", "\n1234\n"})
    EXPECT_THROW(Pin::read(folder.write("pin", text)), Error);
  EXPECT_THROW(Pin::read(folder.path), Error);
}

TEST(Pin, FromTheEnvironmentItIsTakenOutOfIt) {
  char variable[] = "CINNABAR_PKCS11_PIN=98765";
  ::putenv(variable);
  EXPECT_EQ(Pin::read("").view(), "98765");
  EXPECT_EQ(std::getenv(kPinVariable), nullptr);
  EXPECT_EQ(std::strlen(variable), std::strlen("CINNABAR_PKCS11_PIN=")) << "it was not wiped";
  EXPECT_THROW(Pin::read(""), Error);
}

TEST(Pin, MovesWithoutLeavingACopy) {
  const testing::TestFolder folder;
  Pin pin = Pin::read(folder.write("pin", "1234"));
  const Pin moved = std::move(pin);
  EXPECT_EQ(moved.view(), "1234");
  EXPECT_EQ(pin.view(), "");
}

}  // namespace
}  // namespace cinnabar::pkcs11keys
