// @title@: a document engine that stands before another one: it decides what is let in and hands
// the work on. Replace one method after the other by your own; a method that parses a stranger's
// bytes itself belongs into a process ("isolation": "process"). Thread-safety: any thread.
#pragma once

#include <cinnabar/host.hpp>
#include <cinnabar/services/document_engine.hpp>

namespace @ident@_plugin {

// As the manifest's `config` describes it. Every call carries the enterprise's own.
struct Settings {
  std::string provider = "pdf";
  int pages_max = 100;
};
CINNABAR_DESCRIBE(Settings, (provider, length(1, 64)), (pages_max, range(1, 1'000)))

class @Class@ final : public cinnabar::DocumentEngine {
 public:
  explicit @Class@(cinnabar::Host& host) : host_(host) {}

  cinnabar::Inspection inspect(const cinnabar::InspectRequest& in,
                               const cinnabar::Call& call) override {
    cinnabar::Inspection out = next(call).inspect(in);
    const int most = call.config<Settings>().pages_max;
    if (out.pages.size() > static_cast<std::size_t>(most))
      throw cinnabar::Error("@ident@.too_long", {{"pages", std::to_string(out.pages.size())},
                                                 {"most", std::to_string(most)}});
    return out;
  }
  cinnabar::Frozen freeze(const cinnabar::FreezeRequest& in, const cinnabar::Call& call) override {
    return next(call).freeze(in);
  }
  cinnabar::Rendered render(const cinnabar::RenderRequest& in,
                            const cinnabar::Call& call) override {
    return next(call).render(in);
  }
  cinnabar::PageTexts text(const cinnabar::TextRequest& in, const cinnabar::Call& call) override {
    return next(call).text(in);
  }
  cinnabar::Frozen report(const cinnabar::ReportRequest& in, const cinnabar::Call& call) override {
    return next(call).report(in);
  }

 private:
  cinnabar::Client<cinnabar::DocumentEngine> next(const cinnabar::Call& call) const {
    std::string provider = call.config<Settings>().provider;
    if (provider == "@name@") throw cinnabar::Error("@ident@.provider_unfit");
    return host_.service<cinnabar::DocumentEngine>(call, std::move(provider));
  }

  cinnabar::Host& host_;
};

}  // namespace @ident@_plugin
