// Enterprises apart from each other: what is answered to one must not depend on what another one
// asked before, and nothing of an enterprise may be kept in memory that outlives the plugin's
// instance.
#include "check/configs.hpp"
#include "check/samples.hpp"
#include "check/steps.hpp"
#include "check/watch.hpp"

#include <malloc.h>

#include <algorithm>
#include <cstring>
#include <fstream>

namespace cinnabar::authoring {
namespace {

constexpr int kTimeoutMs = 30'000;
// Enough to use up what a plugin may count.
constexpr int kRepetitions = 12;
constexpr std::int64_t kTextMax = 100'000'000;

// A sample and on whose behalf it is; as it is handed from process to process.
struct Asked {
  std::string interface;
  std::string method;
  std::string json;
  std::string owner;
  std::string config;
  std::string answer;  // in the process in which it was made
  bool well = false;   // it was no error

  Sample sample() const { return {interface, method, json}; }
  Setting setting() const { return {owner, config}; }
};
CINNABAR_DESCRIBE(Asked, interface, method, (json, length(0, kTextMax)), owner,
                  (config, length(0, kTextMax)), answer, well)

struct Script {
  std::vector<Asked> first;   // of one enterprise
  std::vector<Asked> others;  // of another one, some of them for the same person
};
CINNABAR_DESCRIBE(Script, first, others)

// Enough to compare answers by.
std::string digest_of(const Reply& reply) {
  const std::string whole = reply.whole();
  return std::to_string(whole.size()) + " " + std::to_string(std::hash<std::string>{}(whole));
}

std::vector<Asked> asked_by(Session& session, const Identity& who, const std::string& config) {
  std::vector<Asked> out;
  for (const Sample& sample : samples_for(session, who, config)) {
    const Reply reply = session.ask(sample, {who.enterprise, config});
    out.push_back({sample.interface, sample.method, sample.json, who.enterprise, config,
                   digest_of(reply), reply.ok()});
  }
  return out;
}

Script make_script(const Subject& subject, CheckStep& step) {
  std::string text;
  CheckStep made = run_apart(
      step.name, kTimeoutMs,
      [&](const Teller& teller) {
        Session session(subject, teller);
        if (!session.open()) return;
        const std::string other = to_json(other_config(subject.manifest.config, subject.fixture));
        Script script;
        script.first = asked_by(session, first_identity(), other);
        script.others = asked_by(session, second_identity(), subject.config);
        for (Asked& asked : asked_by(session, same_person_elsewhere(), subject.config))
          script.others.push_back(std::move(asked));
        // Verified before anything is begun in a process: what a challenge needs is in its state.
        std::stable_partition(script.others.begin(), script.others.end(),
                              [](const Asked& asked) { return asked.method == "verify"; });
        teller.value(to_json(script));
      },
      nullptr, &text);
  step.findings = std::move(made.findings);
  return text.empty() ? Script{} : from_json<Script>(text);
}

// What the others are answered in a fresh process.
std::vector<std::string> answers(const Subject& subject, const Script& script, CheckStep& step) {
  std::string text;
  CheckStep asked = run_apart(
      step.name, kTimeoutMs,
      [&](const Teller& teller) {
        Session session(subject, teller);
        if (!session.open()) return;
        std::vector<std::string> out;
        for (const Asked& one : script.others)
          out.push_back(digest_of(session.ask(one.sample(), one.setting())));
        teller.value(to_json(out));
      },
      nullptr, &text);
  for (Finding& finding : asked.findings) step.findings.push_back(std::move(finding));
  return text.empty() ? std::vector<std::string>{} : from_json<std::vector<std::string>>(text);
}

void look_for_traces(Session& session, const Reply& reply, const Asked& asked) {
  const std::vector<Secret> told = first_identity().told();
  // What it was told itself it may tell.
  std::vector<Secret> foreign;
  for (const Secret& one : told)
    if (asked.json.find(one.value) == std::string::npos) foreign.push_back(one);
  const auto look = [&](const std::string& text, const char* where) {
    if (const std::string name = secret_in(text, foreign); !name.empty())
      session.find_fault(std::string(where) + " tells " + name, asked.method,
                         "keep nothing of a call in the plugin; the host stores for each owner");
  };
  look(reply.json, "the answer to one enterprise");
  for (const std::string& line : session.recorder().take_log()) look(line, "the log of a call");
}

// The others after and between the calls of the first.
void look_at_mixture(const Subject& subject, const Script& script,
                     const std::vector<std::string>& alone, const std::vector<bool>& comparable,
                     CheckStep& step) {
  CheckStep mixed = run_apart(step.name, kTimeoutMs, [&](const Teller& teller) {
    Session session(subject, teller);
    if (!session.open()) return;
    for (int i = 0; i < kRepetitions; ++i)
      for (const Asked& one : script.first) session.ask(one.sample(), one.setting());
    session.recorder().take_log();
    for (std::size_t i = 0; i < script.others.size(); ++i) {
      const Asked& asked = script.others[i];
      const Reply reply = session.ask(asked.sample(), asked.setting());
      look_for_traces(session, reply, asked);
      if (comparable[i] && digest_of(reply) != alone[i])
        session.find_fault("what " + asked.method +
                               " answers to an enterprise depends on what "
                               "another one asked before",
                           asked.method + " " + shortened_text(asked.json, 300),
                           "keep nothing between calls: no globals, and no members that are not "
                           "told apart by call.owner()");
      if (!script.first.empty()) {
        const Asked& between = script.first[i % script.first.size()];
        session.ask(between.sample(), between.setting());
        session.recorder().take_log();
      }
    }
  });
  for (Finding& finding : mixed.findings) step.findings.push_back(std::move(finding));
}

// --- memory that outlives the instance ---

struct Mark {
  const char* name;
  const char* from;  // what stands in the script
  const char* mark;  // what is put in its place, of the same size
};
// None of them stands in the heap of this process but where the plugin keeps it.
constexpr Mark kMarks[] = {
    {"the id of an enterprise", "ent_01J8HONGYE7Q2M4K9X", "ent_8W2KD7XQ5N1RB4TZ3M"},
    {"the id of a person", "per_01J8XUEMEI5R8T3W6Z", "per_7H3MC9VB2K6XQ1NW5R"},
    {"a mobile number", "13817046295", "18740962351"},
    {"the id of a contract", "con_01J8CAIGOU9D4F7H2", "con_3Z8TX5BQ1W7KM2N9R"},
};

void put_marks(char* text, std::size_t size) {
  for (const Mark& mark : kMarks) {
    const std::size_t length = std::strlen(mark.from);
    char* at = text;
    while ((at = static_cast<char*>(
                memmem(at, size - static_cast<std::size_t>(at - text), mark.from, length))))
      std::memcpy(at, mark.mark, length);
  }
}

// What lay in memory that was freed is overwritten.
void overwrite_free_memory() {
  constexpr std::size_t kSizeMax = 4'096;
  constexpr int kBlocks = 24;  // more than the allocator keeps of one size
  std::vector<void*> blocks;
  blocks.reserve(kBlocks * kSizeMax / 16);
  for (std::size_t size = 16; size <= kSizeMax; size += 16)
    for (int i = 0; i < kBlocks; ++i) {
      void* block = std::malloc(size);
      std::memset(block, 0x5A, malloc_usable_size(block));
      blocks.push_back(block);
    }
  for (void* block : blocks) std::free(block);
}

// Calls `each` for the heap, for what else is mapped for data, and for the library's own memory;
// not for stacks, where what is over still lies.
template <class Each>
void kept_memory(const std::string& library, const Each& each) {
  std::ifstream maps("/proc/self/maps");
  std::string before;
  for (std::string line; std::getline(maps, line);) {
    const bool own = line.find(library) != std::string::npos;
    const bool zeroed = line.find('/') == std::string::npos &&
                        line.find('[') == std::string::npos &&
                        before.find(library) != std::string::npos;
    const bool mapped = line.find('/') == std::string::npos &&
                        (line.find('[') == std::string::npos ||
                         line.find("[heap]") != std::string::npos);
    before = own ? line : zeroed ? before : std::string();
    if (line.find(" rw-p ") == std::string::npos || !(own || mapped)) continue;
    char* end = nullptr;
    const std::uintptr_t from = std::strtoull(line.c_str(), &end, 16);
    const std::uintptr_t to = std::strtoull(end + 1, nullptr, 16);
    each(reinterpret_cast<const char*>(from), to - from, !own && !zeroed);
  }
}

void look_at_memory(const Subject& subject, const Script& script, CheckStep& step) {
  CheckStep kept = run_apart(step.name, kTimeoutMs, [&](const Teller& teller) {
    mallopt(M_PERTURB, 0xA5);
    Session session(subject, teller);
    if (!session.open()) return;
    for (const Asked& asked : script.first) {
      Setting setting = asked.setting();
      setting.rewrite = &put_marks;
      session.ask(asked.sample(), setting);
    }
    session.close();
    session.recorder().forget();
    overwrite_free_memory();
    kept_memory(library_path(subject.manifest), [&](const char* memory, std::size_t size,
                                                    bool heap) {
      for (const Mark& mark : kMarks)
        if (memmem(memory, size, mark.mark, std::strlen(mark.mark)))
          session.find_fault(
              std::string("keeps ") + mark.name + " after destroy, in " +
                  (heap ? "memory that a global refers to, or that leaks" : "a global variable"),
              "destroy", "keep nothing of a call in the plugin; the host stores for each owner");
    });
  });
  for (Finding& finding : kept.findings) step.findings.push_back(std::move(finding));
}

// Where an enterprise's data might be kept besides memory. Each file that is to be written is
// refused, so that none is left behind.
void look_at_files(const Subject& subject, const Script& script, CheckStep& step) {
  CheckStep kept = run_apart(step.name, kTimeoutMs, [&](const Teller& teller) {
    // Caches of libraries are no data of anybody's.
    for (const char* name : {"HOME", "XDG_CACHE_HOME", "TMPDIR"})
      setenv(name, subject.data.c_str(), 1);
    Session session(subject, teller);
    if (!session.open() || !trap_files()) return;
    for (const Asked& asked : script.first) session.ask(asked.sample(), asked.setting());
    for (const std::string& path : trapped_files())
      if (!path.starts_with(subject.data.string()) && !path.starts_with("/dev/"))
        session.find_fault("writes to a file that is not in its folder: " + path, path,
                           "keep what must be kept in tables, or in host.data_folder(), for each "
                           "owner apart");
  });
  for (Finding& finding : kept.findings) step.findings.push_back(std::move(finding));
}

}  // namespace

CheckStep check_tenancy(const Subject& subject) {
  CheckStep step{"enterprises", {}, {}};
  const Script script = make_script(subject, step);
  if (script.others.empty()) {
    step.detail = "left out: no call is known that it answers";
    return step;
  }
  const auto alone = answers(subject, script, step), again = answers(subject, script, step);
  if (!step.passed()) return step;
  std::vector<bool> comparable;
  for (std::size_t i = 0; i < script.others.size(); ++i) {
    const bool same = i < alone.size() && i < again.size() && alone[i] == again[i];
    comparable.push_back(same);
    const Asked& asked = script.others[i];
    if (same && asked.method == "verify" && alone[i] != asked.answer)
      step.findings.push_back(
          {"verify answers otherwise in another process than the one that began: it keeps the "
           "challenge in memory",
           shortened_text(asked.json, 300),
           "put all that verify needs into the challenge's state"});
  }
  const auto same = std::count(comparable.begin(), comparable.end(), true);
  const bool well = std::any_of(script.others.begin(), script.others.end(),
                                [](const Asked& asked) { return asked.well; });
  step.detail = well ? std::to_string(same) + " of " + std::to_string(script.others.size()) +
                           " answers can be compared"
                     : kOnlyErrors;
  look_at_mixture(subject, script, alone, comparable, step);
  if (!subject.manifest.run.empty()) return step;
  look_at_memory(subject, script, step);
  look_at_files(subject, script, step);
  return step;
}

}  // namespace cinnabar::authoring
