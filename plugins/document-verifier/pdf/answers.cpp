#include "answers.hpp"

#include <cinnabar/time.hpp>

#include <algorithm>
#include <ctime>
#include <optional>

namespace cinnabar::pdf {

namespace {

std::time_t seconds_of(const std::string& time, std::time_t otherwise) {
  const std::optional<Time> parsed = from_rfc3339(time);
  return parsed ? static_cast<std::time_t>(parsed->ms / 1000) : otherwise;
}

// A token whose integrity is settled.
struct TokenView {
  X509* certificate;
  std::string time;
};

class Answers {
 public:
  Answers(const std::vector<Judged>& signatures, const Material& material,
          const VerifyRequest& request)
      : signatures_(signatures),
        material_(material),
        request_(request),
        now_(request.time_ms != 0 ? static_cast<std::time_t>(request.time_ms / 1000)
                                  : std::time(nullptr)) {}

  // Newest first: a document timestamp proves when what it covers existed, older timestamps too.
  void run() {
    for (auto one = signatures_.rbegin(); one != signatures_.rend(); ++one) {
      if (one->cms == nullptr || one->cms->certificate == nullptr) {
        one->report->trust.code = "no_certificate";
        one->report->level = "basic";
        continue;
      }
      one->is_timestamp ? stamp(*one) : signature(*one);
    }
  }

 private:
  struct Proof {
    std::size_t revision;
    std::time_t time;
    bool trusted;
  };

  // When the signature is proven to have existed by a later document timestamp, else now.
  std::time_t proven_by_later(const Judged& one) const {
    std::time_t out = now_;
    for (const Proof& proof : proofs_)
      if (proof.revision > one.revision && proof.trusted) out = std::min(out, proof.time);
    return out;
  }

  bool archived(const Judged& one) const {
    return std::any_of(proofs_.begin(), proofs_.end(),
                       [&](const Proof& proof) { return proof.revision > one.revision; });
  }

  void judge_time(const TokenView& token, std::time_t at, TimeReport& out) const {
    out.authority = common_name(X509_get_subject_name(token.certificate));
    out.trust = check_trust({token.certificate, &request_.timestamp_anchors, at, true}, material_);
    const RevocationReport state = check_revocation(token.certificate, material_, at);
    const bool trusted = out.trust.code == "trusted" && state.code != "revoked";
    out.code = trusted ? "timestamped" : "timestamp_untrusted";
    if (trusted) out.proven = token.time;
  }

  void stamp(const Judged& one) {
    SignatureReport& report = *one.report;
    report.level = "document-timestamp";
    const CmsResult& cms = *one.cms;
    const std::time_t at = proven_by_later(one);
    report.algorithm = rate_algorithms(cms.certificate.get(), cms.digest);
    judge_time({cms.certificate.get(), report.timestamp}, at, report.time);
    report.trust = report.time.trust;
    report.revocation = check_revocation(cms.certificate.get(), material_, at);
    if (!report.intact) {
      report.time.code = "timestamp_invalid";
      report.time.proven.clear();
      return;
    }
    proofs_.push_back({one.revision, seconds_of(report.timestamp, now_),
                       report.time.code == "timestamped"});
  }

  void signature(const Judged& one) {
    SignatureReport& report = *one.report;
    const CmsResult& cms = *one.cms;
    std::time_t best = proven_by_later(one);
    if (best < now_) report.time.code = "timestamped";
    if (best < now_) report.time.proven = to_rfc3339(Time{static_cast<std::int64_t>(best) * 1000});
    if (cms.token.present && cms.token.time.empty()) {
      report.time.code = "timestamp_invalid";
    } else if (cms.token.present && cms.token.certificate != nullptr) {
      judge_time({cms.token.certificate.get(), cms.token.time}, best, report.time);
      if (!report.time.proven.empty()) best = std::min(best, seconds_of(report.time.proven, best));
    }
    report.algorithm = rate_algorithms(cms.certificate.get(), cms.digest);
    report.trust =
        check_trust({cms.certificate.get(), &request_.signer_anchors, best, false}, material_);
    report.revocation = check_revocation(cms.certificate.get(), material_, best);
    report.level = level_of(one);
  }

  std::string level_of(const Judged& one) const {
    const CmsResult& cms = *one.cms;
    if (one.report->sub_filter != "ETSI.CAdES.detached" || !cms.names_certificate) return "basic";
    if (cms.token.time.empty()) return "B-B";
    if (!material_.has_store || one.report->revocation.code == "unknown") return "B-T";
    return archived(one) ? "B-LTA" : "B-LT";
  }

  const std::vector<Judged>& signatures_;
  const Material& material_;
  const VerifyRequest& request_;
  std::time_t now_;
  std::vector<Proof> proofs_;
};

}  // namespace

void answer(const std::vector<Judged>& signatures, const Material& material,
            const VerifyRequest& request) {
  Answers(signatures, material, request).run();
}

}  // namespace cinnabar::pdf
