// Runs of an enterprise's scripts: trying one out, the records, metrics, and replaying what was
// recorded through another version. Nothing here decides anything. Any thread.
#pragma once

#include "hook_views.hpp"
#include "office.hpp"
#include "run_views.hpp"

namespace cinnabar::hooks {

class Runs {
 public:
  explicit Runs(HookOffice& office) : office_(office) {}

  Answer<TryView> try_out(const TryBody& in, const Request& request);
  Answer<RunList> list(const Request& request);
  Answer<Nothing> forget(const Request& request);
  Answer<MetricsView> metrics(const Request& request);
  Answer<ReplayView> replay(const ReplayBody& in, const Request& request);

 private:
  // A given source, a kept version, or the active one.
  std::string source_of(const std::optional<std::string>& source, const std::string& hash,
                        const Request& request);

  // Records with an input, of runs that the script itself brought to their end.
  std::vector<RunRow> recorded(const ReplayBody& in, const Request& request) const;
  // What a script decides about a recorded input. Nothing: there was no time for it.
  std::optional<KeptDecision> rerun(const RunRow& row, const std::shared_ptr<const Script>& script,
                                    const lua::Limits& limits, const Request& request);

  HookOffice& office_;
};

}  // namespace cinnabar::hooks
