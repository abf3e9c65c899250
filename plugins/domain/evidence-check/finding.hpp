// What checking a bundle found, step by step, in plain words of both languages. Values.
#pragma once

#include <cinnabar/evidence/evidence.hpp>
#include <cinnabar/log/checkpoint.hpp>

namespace cinnabar::evidence {

struct Finding {
  std::string step;  // container, manifest, signature, chain, commitments, documents, log, ...
  bool ok = true;
  bool judged = true;  // false: could not be told; not counted against the bundle
  std::string code;    // stable: "chain.hash"; empty: the step is in order
  std::string part;    // of the bundle; empty: the whole
  std::string act;     // index and type of the act, where it is about one
  std::string en;
  std::string zh;
};
CINNABAR_DESCRIBE(Finding, step, ok, judged, code, part, act, en, zh)

struct CheckReport {
  std::string verdict;  // right, wrong
  std::string contract;
  std::vector<Finding> findings;
};
CINNABAR_DESCRIBE(CheckReport, verdict, contract, (findings, items(0, 100'000)))

// Both languages of one sentence.
struct Words {
  std::string en;
  std::string zh;
};

// The findings so far. One for each step, or more; used by one thread.
class Findings {
 public:
  void step(std::string name) {
    step_ = std::move(name);
    faults_ = 0;
  }
  void fault(std::string code, std::string part, Words words, std::string act = {}) {
    ++faults_;
    list_.push_back({step_, false, true, step_ + "." + code, std::move(part), std::move(act),
                     std::move(words.en), std::move(words.zh)});
  }
  void unknown(std::string code, std::string part, Words words) {
    list_.push_back({step_, true, false, step_ + "." + code, std::move(part), {},
                     std::move(words.en), std::move(words.zh)});
  }
  // Says that the step is in order, unless it is not.
  void passed(Words words) {
    if (faults_ == 0)
      list_.push_back({step_, true, true, {}, {}, {}, std::move(words.en), std::move(words.zh)});
  }
  bool step_failed() const { return faults_ > 0; }
  std::vector<Finding> take() { return std::move(list_); }

 private:
  std::string step_;
  int faults_ = 0;
  std::vector<Finding> list_;
};

}  // namespace cinnabar::evidence
