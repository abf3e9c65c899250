// The people and enterprises of the demonstration. Pure but for randomness; any thread.
#pragma once

#include <string>

namespace cinnabar {

struct DemoPerson {
  std::string name;
  std::string mobile;
  std::string password;          // to sign in
  std::string signing_password;  // six digits
};

struct DemoEnterprise {
  std::string name;
  std::string credit_code;
};

std::string random_digits(int count);
// A unified social credit code with a right check character (GB 32100-2015) that belongs to nobody.
std::string random_credit_code();

}  // namespace cinnabar
