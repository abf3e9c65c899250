// Calls to an implementation through the boundary, without a kernel: what a caller in the real
// system would see, JSON and error documents included. For tests; one thread.
#pragma once

#include <cinnabar/service.hpp>

namespace cinnabar::testing {

// A client of `implementation`, called for `owner` with `config` (JSON).
template <class I>
class LocalService {
 public:
  explicit LocalService(I& implementation, std::string owner = "ent_test", std::string config = {})
      : table_(service_table(&implementation)),
        owner_(std::move(owner)),
        config_(std::move(config)),
        call_{sizeof call_, bytes_of(owner_), bytes_of(config_), bytes_of("test"), bytes_of("zh"),
              0, nullptr, nullptr},
        client_(std::make_shared<Route>(&table_, &call_)) {}
  LocalService(const LocalService&) = delete;
  LocalService& operator=(const LocalService&) = delete;

  const Client<I>* operator->() const { return &client_; }

 private:
  class Route final : public ServiceRoute {
   public:
    Route(const cinnabar_service* table, const cinnabar_call* call) : table_(table), call_(call) {}
    cinnabar_status invoke(std::string_view method, const cinnabar_message& request,
                           const cinnabar_reply* reply) const override {
      return table_->invoke(table_->self, call_, bytes_of(method), &request, reply);
    }

   private:
    const cinnabar_service* table_;
    const cinnabar_call* call_;
  };

  cinnabar_service table_;
  std::string owner_;
  std::string config_;
  cinnabar_call call_;
  Client<I> client_;
};

}  // namespace cinnabar::testing
