// The transparency log: who signed it, that every act is in it, and that it only grew.
#include "steps.hpp"

#include <algorithm>

namespace cinnabar::evidence {
namespace {

std::optional<log::Hashes> raw(const std::vector<std::string>& hex) {
  log::Hashes out;
  for (const std::string& text : hex) {
    auto bytes = from_hex(text);
    if (!bytes || bytes->size() != log::kHashSize) return std::nullopt;
    out.push_back(std::move(*bytes));
  }
  return out;
}

std::optional<log::Checkpoint> opened(const Bundle& bundle, const char* name,
                                      const log::VerifierKey& key, Findings& findings) {
  const std::string_view note = bundle.part(name);
  auto checkpoint = log::open_checkpoint(note, key);
  if (checkpoint && checkpoint->origin == key.name) return checkpoint;
  findings.fault("checkpoint", name,
                 {"The log's state in " + std::string(name) + " is not signed by the log's key.",
                  std::string(name) + " 中的日志状态并非由日志密钥签名。"});
  return std::nullopt;
}

bool included(const EvidenceAct& act, const LogInclusion& inclusion,
              const log::Checkpoint& checkpoint) {
  const auto entry = from_hex(act.hash);
  const auto hashes = raw(inclusion.hashes);
  return entry && hashes && inclusion.index >= 0 &&
         log::includes(log::leaf_hash(*entry), static_cast<std::uint64_t>(inclusion.index),
                       checkpoint.size, *hashes, checkpoint.root);
}

void check_acts(const Bundle& bundle, const log::Checkpoint& now, const log::Checkpoint& earlier,
                Findings& findings) {
  const auto& acts = bundle.evidence.acts;
  const auto& inclusions = bundle.proofs.inclusions;
  if (acts.size() != inclusions.size())
    findings.fault("count", kProofs,
                   {"There are " + std::to_string(acts.size()) + " acts and " +
                        std::to_string(inclusions.size()) + " proofs.",
                    "操作 " + std::to_string(acts.size()) + " 次，而证明 " +
                        std::to_string(inclusions.size()) + " 份。"});
  std::int64_t before = -1;
  for (std::size_t i = 0; i < std::min(acts.size(), inclusions.size()); ++i) {
    const std::string named = name_of(acts[i]);
    if (!included(acts[i], inclusions[i], now))
      findings.fault("inclusion", kProofs,
                     {"Act " + named + " is not proven to be in the log.",
                      "操作 " + named + " 未能证明在日志中。"},
                     named);
    if (inclusions[i].index <= before)
      findings.fault("order", kProofs,
                     {"Act " + named + " stands in the log before the one that it follows.",
                      "操作 " + named + " 在日志中的次序早于其前一操作。"},
                     named);
    before = std::max(before, inclusions[i].index);
  }
  if (static_cast<std::uint64_t>(before + 1) != earlier.size)
    findings.fault("earlier", kEarlier,
                   {"The earlier state is not that which took in the last act.",
                    "较早的日志状态并非写入最后一次操作时的状态。"});
}

}  // namespace

void check_log(const Bundle& bundle, const std::optional<log::VerifierKey>& known,
               Findings& findings) {
  findings.step("log");
  std::string_view text = bundle.part(kLogKey);
  if (text.ends_with('\n')) text.remove_suffix(1);
  const auto key = log::parse_verifier_key(text);
  if (!key)
    return findings.fault("key", kLogKey, {"The log's key cannot be read.", "日志公钥无法读取。"});
  if (known && (known->name != key->name || known->key != key->key))
    findings.fault("key", kLogKey,
                   {"The log's key is " + key->text() + ", not the one that was given.",
                    "日志公钥为 " + key->text() + "，与指定的公钥不同。"});
  const auto now = opened(bundle, kCheckpoint, *key, findings);
  const auto earlier = opened(bundle, kEarlier, *key, findings);
  if (!now || !earlier) return;
  check_acts(bundle, *now, *earlier, findings);
  const auto consistency = raw(bundle.proofs.consistency);
  if (!consistency ||
      !log::consistent(earlier->size, earlier->root, now->size, now->root, *consistency))
    findings.fault("consistency", kProofs,
                   {"The earlier state of the log is not the beginning of the later one.",
                    "较早的日志状态不是较晚状态的前缀。"});
  if (!known)
    findings.unknown("key_not_compared", kLogKey,
                     {"The log's key was not compared with one from elsewhere (--log-key).",
                      "未与外部取得的日志公钥比对（--log-key）。"});
  findings.passed({"All acts are in the log " + key->name + " of " + std::to_string(now->size) +
                       " entries, which only grew.",
                   "全部操作均在日志 " + key->name + "（" + std::to_string(now->size) +
                       " 条）中，且日志只增不改。"});
}

}  // namespace cinnabar::evidence
