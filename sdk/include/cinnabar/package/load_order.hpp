// Which plugins may be loaded, and in which order: each after everything it requires. Refuses
// duplicates, overlapping tables, missing requirements and cycles. Pure; any thread.
#pragma once

#include <cinnabar/package/manifest.hpp>

#include <set>

namespace cinnabar {

struct LoadOrder {
  struct Refusal {
    const Manifest* manifest;
    std::string reason;
  };
  std::vector<const Manifest*> order;
  std::vector<Refusal> refused;
};

namespace load_order_detail {

using Manifests = std::vector<const Manifest*>;

// Why `m` cannot stand beside those that were accepted before it; empty: it can.
inline std::string clash(const Manifest& m, const Manifests& accepted) {
  for (const Manifest* other : accepted) {
    if (other->id == m.id) return "the same id was found already in " + other->folder.string();
    for (const Provided& mine : m.provides)
      for (const Provided& theirs : other->provides)
        if (mine.interface == theirs.interface && mine.name == theirs.name)
          return "provides " + mine.interface + " \"" + mine.name + "\", which " + other->id +
                 " provides already";
    // What is built in (and has no folder) shares the kernel's tables.
    if (!(m.folder.empty() && other->folder.empty()) && !m.table_prefix.empty() &&
        !other->table_prefix.empty() &&
        (m.table_prefix.starts_with(other->table_prefix) ||
         other->table_prefix.starts_with(m.table_prefix)))
      return "its tables (" + m.table_prefix + "*) overlap with those of " + other->id + " (" +
             other->table_prefix + "*)";
  }
  return {};
}

// Orders by depth-first search; `path` is the chain of requirements being followed.
class Sorter {
 public:
  Sorter(const Manifests& all, LoadOrder& out) : all_(all), out_(out) {}

  void visit(const Manifest* m) {
    if (done_.contains(m)) return;
    path_.push_back(m);
    for (const std::string& interface : m->requires_) {
      for (const Manifest* provider : all_) {
        if (provider == m || !provider->provides_interface(interface)) continue;
        const auto loop = std::find(path_.begin(), path_.end(), provider);
        if (loop != path_.end())
          refuse_cycle(loop);
        else
          visit(provider);
      }
    }
    path_.pop_back();
    if (done_.insert(m).second) out_.order.push_back(m);
  }

 private:
  void refuse_cycle(Manifests::iterator from) {
    std::string text = "is part of a cycle of requirements: ";
    for (auto at = from; at != path_.end(); ++at) {
      const Manifest* next = at + 1 == path_.end() ? *from : *(at + 1);
      text += (*at)->id + " requires ";
      for (const std::string& interface : (*at)->requires_)
        if (next->provides_interface(interface)) {
          text += interface;
          break;
        }
      text += " of ";
    }
    text += (*from)->id;
    for (auto at = from; at != path_.end(); ++at)
      if (done_.insert(*at).second) out_.refused.push_back({*at, text});
  }

  const Manifests& all_;
  LoadOrder& out_;
  Manifests path_;
  std::set<const Manifest*> done_;
};

// Takes out whoever requires what nobody (any more) provides, until that changes nothing.
inline void drop_unmet(Manifests& accepted, const std::vector<std::string>& given, LoadOrder& out) {
  for (bool changed = true; changed;) {
    changed = false;
    for (auto at = accepted.begin(); at != accepted.end() && !changed; ++at) {
      for (const std::string& interface : (*at)->requires_) {
        const bool met = std::find(given.begin(), given.end(), interface) != given.end() ||
                         std::any_of(accepted.begin(), accepted.end(), [&](const Manifest* p) {
                           return p->provides_interface(interface);
                         });
        if (met) continue;
        out.refused.push_back({*at, "requires " + interface + ", which no usable plugin provides"});
        accepted.erase(at);
        changed = true;
        break;
      }
    }
  }
}

}  // namespace load_order_detail

// Of two that exclude each other the one that stands earlier in `manifests` stays. `given`:
// interfaces that are there without a plugin among `manifests`.
inline LoadOrder load_order(const std::vector<const Manifest*>& manifests,
                            const std::vector<std::string>& given = {}) {
  using namespace load_order_detail;
  LoadOrder out;
  Manifests accepted;
  for (const Manifest* m : manifests) {
    const std::string reason = clash(*m, accepted);
    if (reason.empty())
      accepted.push_back(m);
    else
      out.refused.push_back({m, reason});
  }
  // Refusing a cycle may leave others without what they require; then the order is made again.
  for (;;) {
    drop_unmet(accepted, given, out);
    const std::size_t refused_before = out.refused.size();
    out.order.clear();
    Sorter sorter(accepted, out);
    for (const Manifest* m : accepted) sorter.visit(m);
    if (out.refused.size() == refused_before) return out;
    for (std::size_t i = refused_before; i < out.refused.size(); ++i)
      std::erase(accepted, out.refused[i].manifest);
  }
}

}  // namespace cinnabar
