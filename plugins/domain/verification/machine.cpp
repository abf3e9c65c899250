#include "machine.hpp"

#include <cinnabar/error.hpp>

namespace cinnabar {
namespace {

struct Rule {
  Stage from;
  Step step;
  Stage to;
};

constexpr Rule kRules[] = {
    {Stage::filling, Step::look_up_known, Stage::authorising},
    {Stage::filling, Step::look_up_unknown, Stage::inclusion},
    {Stage::inclusion, Step::prove, Stage::inclusion_review},
    {Stage::inclusion_review, Step::approve, Stage::authorising},
    {Stage::inclusion_review, Step::approve_other, Stage::authorising},
    {Stage::inclusion_review, Step::reject, Stage::inclusion},
    {Stage::authorising, Step::face, Stage::verified},
    {Stage::authorising, Step::accept, Stage::verified},
    {Stage::authorising, Step::letter, Stage::letter_review},
    {Stage::letter_review, Step::approve, Stage::paying},
    {Stage::letter_review, Step::approve_other, Stage::verified},
    {Stage::letter_review, Step::reject, Stage::authorising},
    {Stage::paying, Step::paid, Stage::verified},
    {Stage::paying, Step::give_up, Stage::authorising},
};

const Rule* rule_of(Stage from, Step step) {
  for (const Rule& rule : kRules)
    if (rule.from == from && rule.step == step) return &rule;
  return nullptr;
}

}  // namespace

bool may_step(Stage from, Step step) { return rule_of(from, step) != nullptr; }

Stage next_stage(Stage from, Step step) {
  const Rule* rule = rule_of(from, step);
  if (!rule) throw Error("verification.stage_unfit", {{"stage", std::string(name_of(from))}});
  return rule->to;
}

}  // namespace cinnabar
