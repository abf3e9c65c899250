// The module of the tests: SoftHSM with faults put in between. Its library and the test share this
// structure. Any thread.
#pragma once

#include <p11-kit/pkcs11.h>

#include <atomic>

namespace cinnabar::pkcs11keys {

struct TestFaults {
  std::atomic<int> logins{0};          // that were tried
  std::atomic<CK_FLAGS> token_flags{0};  // added to those of the token
  std::atomic<CK_RV> login{CKR_OK};    // what C_Login answers, without asking the token
  std::atomic<int> signs_failing{0};   // so many calls of C_Sign ...
  std::atomic<CK_RV> sign{CKR_OK};     // ... answer this
  std::atomic<int> sessions_most{1'000};
  std::atomic<int> sessions{0};
  std::atomic<bool> removed{false};      // the token is pulled out
  std::atomic<bool> extractable{false};  // keys are made extractable, whatever is asked for
};

}  // namespace cinnabar::pkcs11keys

// What the test looks up in the library.
extern "C" cinnabar::pkcs11keys::TestFaults* pkcs11_test_faults();
