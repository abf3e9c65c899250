#include "address.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <gtest/gtest.h>

namespace cinnabar {
namespace {

bool refused(const char* text) {
  sockaddr_storage storage{};
  auto* four = reinterpret_cast<sockaddr_in*>(&storage);
  auto* six = reinterpret_cast<sockaddr_in6*>(&storage);
  if (inet_pton(AF_INET, text, &four->sin_addr) == 1)
    storage.ss_family = AF_INET;
  else if (inet_pton(AF_INET6, text, &six->sin6_addr) == 1)
    storage.ss_family = AF_INET6;
  else
    ADD_FAILURE() << text << " is no address";
  return is_private_address(reinterpret_cast<sockaddr*>(&storage));
}

TEST(Address, OfThePublicInternetIsAllowed) {
  for (const char* text : {"8.8.8.8", "1.1.1.1", "100.63.255.255", "100.128.0.1", "172.15.0.1",
                           "172.32.0.1", "192.167.1.1", "223.255.255.255", "2606:4700::1111",
                           "240e::1", "2002:808:808::1", "64:ff9b::808:808"})
    EXPECT_FALSE(refused(text)) << text;
}

TEST(Address, OfAnInsideNetworkIsRefused) {
  for (const char* text :
       {"0.0.0.0", "10.0.0.1", "10.255.255.255", "100.64.0.1", "127.0.0.1", "127.255.255.254",
        "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.168.0.1", "192.0.2.1",
        "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "240.0.0.1", "255.255.255.255",
        "::", "::1", "fc00::1", "fd12::1", "fe80::1", "ff02::1", "2001:db8::1", "2001::1"})
    EXPECT_TRUE(refused(text)) << text;
}

TEST(Address, OfAnInsideNetworkIsRefusedInDisguise) {
  for (const char* text : {"::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1",
                           "2002:7f00:1::", "2002:a00:1::", "::7f00:1", "::ffff:169.254.169.254"})
    EXPECT_TRUE(refused(text)) << text;
}

TEST(Address, OfAnotherKindIsRefused) {
  sockaddr unix_address{};
  unix_address.sa_family = AF_UNIX;
  EXPECT_TRUE(is_private_address(&unix_address));
}

}  // namespace
}  // namespace cinnabar
