// Sending and filling: a contract goes out, its parties hand in their values, and with the last
// value it is frozen, all in the commit of the request that caused it. Any thread.
#pragma once

#include "view.hpp"

namespace cinnabar::contract {

struct FillValues {
  std::map<std::string, Json> values;
  bool save_only = false;
};
CINNABAR_DESCRIBE(FillValues,
                  (values, required, items(0, kControlsMax),
                   doc("By control id: text, YYYY-MM-DD or a boolean; null empties it.")),
                  (save_only, doc("Keeps the values and lets the party continue later.")))

class Sending {
 public:
  explicit Sending(Office& office) : office_(office) {}

  Answer<ContractView> send(const Request& request);
  Answer<ContractView> fill(const FillValues& values, const Request& request);

 private:
  void open(Act& act, const Call& call);

  Office& office_;
};

}  // namespace cinnabar::contract
