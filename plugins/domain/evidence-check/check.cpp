#include "check.hpp"

#include "steps.hpp"

#include <algorithm>

namespace cinnabar::evidence {

CheckReport check_bundle(std::string_view file, const CheckOptions& options,
                         const VerifyDocument& verify) {
  Findings findings;
  Bundle bundle;
  if (open_bundle(file, bundle, findings)) {
    check_signature(bundle, options.anchors, findings);
    check_chain(bundle, findings);
    check_commitments(bundle, findings);
    check_authentication(bundle, findings);
    check_versions(bundle, findings);
    check_documents(bundle, options, verify, findings);
    check_certificates(bundle, options.anchors, findings);
    check_log(bundle, options.log_key, findings);
  }
  CheckReport report;
  report.contract = bundle.manifest.contract;
  report.findings = findings.take();
  const bool right = std::all_of(report.findings.begin(), report.findings.end(),
                                 [](const Finding& finding) { return finding.ok; });
  report.verdict = right ? "right" : "wrong";
  return report;
}

}  // namespace cinnabar::evidence
