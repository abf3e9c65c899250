// @title@: several timestamp authorities in place of one: the first that answers stamps. A token is
// proven by the authority that made it. Thread-safety: any thread.
#pragma once

#include <cinnabar/host.hpp>
#include <cinnabar/services/trust.hpp>

namespace @ident@_plugin {

// As the manifest's `config` describes it. Every call carries the enterprise's own.
struct Settings {
  std::vector<std::string> providers{"rfc3161", "builtin-tsa"};
};
CINNABAR_DESCRIBE(Settings, (providers, items(1, 10)))

class @Class@ final : public cinnabar::TimestampAuthority {
 public:
  explicit @Class@(cinnabar::Host& host) : host_(host) {}

  cinnabar::Stamp stamp(const cinnabar::StampRequest& in, const cinnabar::Call& call) override {
    return first(call, [&](const auto& authority) { return authority.stamp(in); });
  }
  cinnabar::ValidationData proof(const cinnabar::StampProofRequest& in,
                                 const cinnabar::Call& call) override {
    return first(call, [&](const auto& authority) { return authority.proof(in); });
  }
  cinnabar::TimestampAnswer answer(const cinnabar::TimestampQuery& in,
                                   const cinnabar::Call& call) override {
    return first(call, [&](const auto& authority) { return authority.answer(in); });
  }

 private:
  // What the first of them gives that does not fail; when all do, why each did.
  template <class Ask>
  std::invoke_result_t<Ask, const cinnabar::Client<cinnabar::TimestampAuthority>&> first(
      const cinnabar::Call& call, Ask ask) const {
    std::string reasons;
    for (const std::string& provider : call.config<Settings>().providers) {
      if (provider == "@name@") throw cinnabar::Error("@ident@.provider_unfit");
      try {
        return ask(host_.service<cinnabar::TimestampAuthority>(call, provider));
      } catch (const cinnabar::Error& error) {
        host_.log(cinnabar::Level::warning, provider + " gives no timestamp: " + error.what());
        reasons += (reasons.empty() ? "" : "; ") + provider + ": " + error.code();
      }
      // Whoever asks does not wait for the next one after that.
      if (call.cancelled()) break;
    }
    throw cinnabar::Error("@ident@.all_away", {{"reason", reasons}}, {}, CINNABAR_UNAVAILABLE);
  }

  cinnabar::Host& host_;
};

}  // namespace @ident@_plugin
