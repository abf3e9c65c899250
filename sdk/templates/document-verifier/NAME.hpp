// @title@: a verifier that stands before another one and adds a rule of the house to its report:
// every signature must carry a timestamp. Replace the work behind it by your own when you have
// better; what parses a stranger's bytes belongs into a process. Thread-safety: any thread.
#pragma once

#include <cinnabar/host.hpp>
#include <cinnabar/services/document_verifier.hpp>

namespace @ident@_plugin {

// As the manifest's `config` describes it. Every call carries the enterprise's own.
struct Settings {
  std::string provider = "pdf";
};
CINNABAR_DESCRIBE(Settings, (provider, length(1, 64)))

inline constexpr const char* kNoTimestamp = "@ident@_no_timestamp";

class @Class@ final : public cinnabar::DocumentVerifier {
 public:
  explicit @Class@(cinnabar::Host& host) : host_(host) {}

  cinnabar::VerifyReport verify(const cinnabar::VerifyRequest& in,
                                const cinnabar::Call& call) override {
    std::string provider = call.config<Settings>().provider;
    if (provider == "@name@") throw cinnabar::Error("@ident@.provider_unfit");
    cinnabar::VerifyReport report =
        host_.service<cinnabar::DocumentVerifier>(call, std::move(provider)).verify(in);
    bool found = false;
    for (cinnabar::SignatureReport& signature : report.signatures) {
      if (!signature.timestamp.empty()) continue;
      signature.problems.push_back(kNoTimestamp);
      found = true;
    }
    // Every code of a report comes with its words.
    if (found)
      report.texts.push_back({kNoTimestamp, "The rules of the house ask for a timestamp.",
                              "按本单位规定，签名须带有时间戳。"});
    return report;
  }

 private:
  cinnabar::Host& host_;
};

}  // namespace @ident@_plugin
