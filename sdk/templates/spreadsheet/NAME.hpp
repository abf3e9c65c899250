// @title@: a spreadsheet reader that stands before another one and adds a rule of the house: tables
// of more rows than the house wants are refused. Replace the work behind it by your own when you
// have better; what parses a stranger's bytes belongs into a process. Thread-safety: any thread.
#pragma once

#include <cinnabar/host.hpp>
#include <cinnabar/services/spreadsheet.hpp>

#include <algorithm>

namespace @ident@_plugin {

// As the manifest's `config` describes it. Every call carries the enterprise's own.
struct Settings {
  std::string provider = "xlsx";
  std::int64_t rows_max = 1'000;
};
CINNABAR_DESCRIBE(Settings, (provider, length(1, 64)), (rows_max, range(1, 100'000)))

class @Class@ final : public cinnabar::Spreadsheet {
 public:
  explicit @Class@(cinnabar::Host& host) : host_(host) {}

  cinnabar::SheetTable read(const cinnabar::ReadSheetRequest& in,
                            const cinnabar::Call& call) override {
    cinnabar::ReadSheetRequest wanted = in;
    wanted.rows_max = std::min(wanted.rows_max, call.config<Settings>().rows_max);
    return host_.service<cinnabar::Spreadsheet>(call, provider(call)).read(wanted);
  }
  cinnabar::SheetFile write(const cinnabar::WriteSheetRequest& in,
                            const cinnabar::Call& call) override {
    return host_.service<cinnabar::Spreadsheet>(call, provider(call)).write(in);
  }

 private:
  static std::string provider(const cinnabar::Call& call) {
    std::string provider = call.config<Settings>().provider;
    if (provider == "@name@") throw cinnabar::Error("@ident@.provider_unfit");
    return provider;
  }

  cinnabar::Host& host_;
};

}  // namespace @ident@_plugin
