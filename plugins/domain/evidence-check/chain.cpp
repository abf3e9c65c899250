// The acts: their hash chain, and the personal data that they commit to.
#include "steps.hpp"

namespace cinnabar::evidence {
namespace {

constexpr std::size_t kHashDigits = 64;

// How an event is stored; see the evidence's method.
struct Stored {
  std::string encoding;
  std::string hash;
  std::string id;
  std::string type;
  std::string aggregate;
  std::int64_t index = 0;
  std::string owner;
  std::string actor;
  Time at;
  Json data;
};
CINNABAR_DESCRIBE(Stored, encoding, hash, id, type, aggregate, index, owner, actor, at, data)

bool says_the_same(const Stored& stored, const EvidenceAct& act, const EvidenceContract& contract) {
  return stored.encoding == "cinnabar.event/1" && stored.hash == "sha-256" &&
         stored.type == act.type && stored.aggregate == contract.id && stored.index == act.index &&
         stored.owner == contract.owner && stored.actor == act.actor && stored.at == act.at &&
         to_json(stored.data) == to_json(act.data) && stored.data["party"].text() == act.party;
}

void check_act(const Bundle& bundle, const EvidenceAct& act, const std::string& before,
               std::int64_t index, Findings& findings) {
  const std::string named = name_of(act);
  const auto fault = [&](const char* code, const char* en, const char* zh) {
    findings.fault(code, kEvidence, {"Act " + named + ": " + en, "操作 " + named + "：" + zh},
                   named);
  };
  if (act.index != index)
    return fault("order", "an act before it is missing or out of order.", "其前有操作缺失或乱序。");
  if (act.previous_hash != before)
    return fault("link", "it does not follow the act before it.", "未接续前一操作。");
  if (hex_sha256(act.previous_hash + act.stored) != act.hash)
    return fault("hash", "its bytes do not have its hash.", "其内容与其哈希不符。");
  try {
    if (!says_the_same(from_json<Stored>(act.stored), act, bundle.evidence.contract))
      fault("differs", "it is shown otherwise than it was stored.", "所示内容与存储内容不同。");
  } catch (const Error&) {
    fault("unreadable", "its stored bytes cannot be read.", "其存储内容无法读取。");
  }
}

class Commitments {
 public:
  Commitments(const Bundle& bundle, Findings& findings) : bundle_(bundle), findings_(findings) {}

  void check(const EvidenceAct& act) {
    const Evidence& evidence = bundle_.evidence;
    if (act.type == "contract.sent") {
      matches(act, act.data["name"], evidence.contract.name_salt, evidence.contract.name,
              {"the contract's name", "合同名称"});
      for (const Json& told : act.data["parties"].items()) {
        const DossierParty* party = party_of(told["party"].text());
        if (!party) {
          fault(act, {"a party " + told["party"].text(), "签署方 " + told["party"].text()});
          continue;
        }
        // Without its salt it was masked, or erased with its person's data.
        if (!party->name_salt.empty())
          matches(act, told["name"], party->name_salt, party->name,
                  {"the name of party " + party->id, "签署方 " + party->id + " 的姓名"});
        if (!party->mobile_salt.empty())
          matches(act, told["mobile"], party->mobile_salt, party->mobile,
                  {"the mobile number of party " + party->id, "签署方 " + party->id + " 的手机号"});
        if (told["person"].text() != party->person ||
            told["enterprise"].text() != party->enterprise)
          fault(act, {"the identity of party " + party->id, "签署方 " + party->id + " 的身份"});
      }
    }
    if (act.data.contains("reason") && act.data["reason"].text().size() == kHashDigits)
      matches(act, act.data["reason"], evidence.contract.reason_salt, evidence.contract.reason,
              {"the reason", "原因"});
    for (const DossierTrace& trace : evidence.traces) {
      if (act.data["trace"].text() != trace.id || trace.salt.empty()) continue;
      matches(act, act.data["address"], trace.salt, trace.address, {"the address", "网络地址"});
      matches(act, act.data["user_agent"], trace.salt, trace.user_agent,
              {"the user agent", "客户端标识"});
    }
  }
  int count() const { return count_; }

 private:
  const DossierParty* party_of(const std::string& id) const {
    for (const DossierParty& party : bundle_.evidence.parties)
      if (party.id == id) return &party;
    return nullptr;
  }
  void matches(const EvidenceAct& act, const Json& commitment, const std::string& salt,
               const std::string& value, const Words& what) {
    ++count_;
    if (hex_sha256(salt + ":" + value) != commitment.text()) fault(act, what);
  }
  void fault(const EvidenceAct& act, const Words& what) {
    findings_.fault("differs", kEvidence,
                    {"Act " + name_of(act) + ": " + what.en + " is not what was committed to.",
                     "操作 " + name_of(act) + "：" + what.zh + "与当时承诺的不符。"},
                    name_of(act));
  }

  const Bundle& bundle_;
  Findings& findings_;
  int count_ = 0;
};

}  // namespace

void check_chain(const Bundle& bundle, Findings& findings) {
  findings.step("chain");
  std::string before(kHashDigits, '0');
  std::int64_t index = 1;
  for (const EvidenceAct& act : bundle.evidence.acts) {
    check_act(bundle, act, before, index++, findings);
    before = act.hash;
  }
  if (bundle.evidence.acts.empty())
    findings.fault("empty", kEvidence, {"There is no act at all.", "没有任何操作记录。"});
  // The contract's state is that of the last act that knew one.
  std::string state;
  for (const EvidenceAct& act : bundle.evidence.acts)
    if (act.data.contains("state")) state = act.data["state"].text();
  if (state != bundle.evidence.contract.state)
    findings.fault("state", kEvidence,
                   {"The contract is said to be " + bundle.evidence.contract.state +
                        ", but its last act left it " + state + ".",
                    "合同标示为 " + bundle.evidence.contract.state + "，但其最后操作后为 " + state +
                        "。"});
  findings.passed({"All " + std::to_string(bundle.evidence.acts.size()) +
                       " acts follow each other in their hash chain.",
                   "全部 " + std::to_string(bundle.evidence.acts.size()) + " 次操作的哈希链完整。"});
}

void check_commitments(const Bundle& bundle, Findings& findings) {
  findings.step("commitments");
  Commitments commitments(bundle, findings);
  for (const EvidenceAct& act : bundle.evidence.acts) commitments.check(act);
  findings.passed({"Names, numbers, reasons and addresses are those that the acts committed to (" +
                       std::to_string(commitments.count()) + ").",
                   "姓名、号码、原因和地址均与各操作的承诺一致（" +
                       std::to_string(commitments.count()) + " 项）。"});
}

}  // namespace cinnabar::evidence
