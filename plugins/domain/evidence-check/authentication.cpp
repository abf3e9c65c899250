// Authentication: that each signing act, and each failed try, answers the question that was put to
// that party about that version, and that no answer counts twice.
#include "steps.hpp"

#include <set>

namespace cinnabar::evidence {
namespace {

bool answers(const EvidenceAct& act, const EvidenceAct& begun) {
  return act.actor == begun.actor && act.party == begun.party &&
         act.data["method"].text() == begun.data["method"].text() &&
         act.data["shown_digest"].text() == begun.data["shown_digest"].text();
}

class AuthenticationCheck {
 public:
  explicit AuthenticationCheck(Findings& findings) : findings_(findings) {}

  void look(const EvidenceAct& act) {
    const std::string challenge = act.data["challenge"].text();
    if (act.type == "contract.signing_begun") {
      if (challenge.empty() || !begun_.emplace(challenge, &act).second)
        fault(act, "challenge", {"its challenge is missing or was used before.",
                                 "其认证编号缺失或重复。"});
      return;
    }
    const bool is_signing = act.type == "contract.signed";
    if (!is_signing && act.type != "contract.authentication_failed") return;
    const auto found = begun_.find(challenge);
    if (found == begun_.end())
      return fault(act, "missing", {"the authentication that it answers was never begun.",
                                    "没有与之对应的签署认证。"});
    const EvidenceAct& begun = *found->second;
    if (!answers(act, begun))
      fault(act, "differs", {"its authentication was begun by another person, with another method "
                             "or for other documents.",
                             "其签署认证的人员、方式或文件与之不同。"});
    if (!is_signing) return;
    // Signing raises the version by one, and the version that was shown is the one signed.
    if (act.data["version"].integer() != begun.data["version"].integer() + 1)
      fault(act, "version", {"its authentication was begun for another version.",
                             "其签署认证针对的是另一版本。"});
    if (!used_.insert(challenge).second)
      fault(act, "twice", {"its authentication had signed before.", "其签署认证已被使用过。"});
  }
  std::size_t count() const { return used_.size(); }

 private:
  void fault(const EvidenceAct& act, const char* code, const Words& words) {
    findings_.fault(
        code, kEvidence,
        {"Act " + name_of(act) + ": " + words.en, "操作 " + name_of(act) + "：" + words.zh},
        name_of(act));
  }

  Findings& findings_;
  std::map<std::string, const EvidenceAct*> begun_;  // by challenge
  std::set<std::string> used_;
};

}  // namespace

void check_authentication(const Bundle& bundle, Findings& findings) {
  findings.step("authentication");
  AuthenticationCheck check(findings);
  for (const EvidenceAct& act : bundle.evidence.acts) check.look(act);
  const std::string count = std::to_string(check.count());
  findings.passed({"Each signing act has its own authentication, by the same person, for what was "
                   "shown (" + count + ").",
                   "每次签署均有同一人针对所展示内容完成的签署认证（" + count + " 次）。"});
}

}  // namespace cinnabar::evidence
