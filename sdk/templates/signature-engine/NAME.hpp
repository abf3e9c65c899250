// @title@: a signature engine that stands before another one: it gives every signature a place and
// hands the work on. Replace one method after the other by your own. Thread-safety: any thread, any
// number of calls at once.
#pragma once

#include <cinnabar/host.hpp>
#include <cinnabar/services/signature_engine.hpp>

namespace @ident@_plugin {

// As the manifest's `config` describes it. Every call carries the enterprise's own.
struct Settings {
  std::string provider = "pades";
  std::string location;
};
CINNABAR_DESCRIBE(Settings, (provider, length(1, 64)), (location, length(0, 100)))

class @Class@ final : public cinnabar::SignatureEngine {
 public:
  explicit @Class@(cinnabar::Host& host) : host_(host) {}

  cinnabar::DocumentState base_state(const cinnabar::BaseRequest& in,
                                     const cinnabar::Call& call) override {
    return next(call).base_state(in);
  }
  cinnabar::Signed sign(const cinnabar::SignRequest& in, const cinnabar::Call& call) override {
    if (!in.location.empty()) return next(call).sign(in);
    cinnabar::SignRequest placed = in;
    placed.location = call.config<Settings>().location;
    return next(call).sign(placed);
  }
  cinnabar::Archived archive(const cinnabar::ArchiveRequest& in,
                             const cinnabar::Call& call) override {
    return next(call).archive(in);
  }

 private:
  cinnabar::Client<cinnabar::SignatureEngine> next(const cinnabar::Call& call) const {
    std::string provider = call.config<Settings>().provider;
    if (provider == "@name@") throw cinnabar::Error("@ident@.provider_unfit");
    return host_.service<cinnabar::SignatureEngine>(call, std::move(provider));
  }

  cinnabar::Host& host_;
};

}  // namespace @ident@_plugin
