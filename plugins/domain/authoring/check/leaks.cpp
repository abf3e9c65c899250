// Memory, threads and descriptors over many lives and many calls, also those that fail and those
// for something else each time: what stays the same, and what grows.
#include "check/configs.hpp"
#include "check/samples.hpp"
#include "check/steps.hpp"
#include "check/watch.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <fstream>

namespace cinnabar::authoring {
namespace {

constexpr int kTimeoutMs = 60'000;
constexpr int kRounds = 100;
constexpr int kRoundsMin = 8;
constexpr std::int64_t kCpuMs = 400;  // for one series of rounds
constexpr int kSeries = 3;
constexpr std::int64_t kGrowthMin = 12;  // bytes in each round

// What is kept for what was asked before, up to a limit, is no leak: so many calls reach it.
constexpr int kLimitReached = 2'000;
constexpr std::int64_t kLimitCpuMs = 1'500;

struct Usage {
  std::int64_t bytes = 0;
  std::int64_t mapped = 0;
  std::size_t threads = 0;
  std::size_t descriptors = 0;
};

std::int64_t mapped_bytes() {
  std::ifstream in("/proc/self/statm");
  std::int64_t pages = 0;
  in >> pages;
  return pages * sysconf(_SC_PAGESIZE);
}

Usage usage(Session& session) {
  session.recorder().take_log();
  return {allocated_bytes(), mapped_bytes(), thread_count(), descriptor_count()};
}

// Runs the work again and again; the number of rounds.
template <class Work>
int rounds(const Work& work) {
  const std::int64_t end = cpu_ms() + kCpuMs;
  int done = 0;
  while (done < kRounds && (done < kRoundsMin || cpu_ms() < end)) {
    work();
    ++done;
  }
  return done;
}

// Bytes by which a round grows; 0 when it is not the same in each series: what is kept only once,
// or up to a limit, is no leak.
std::int64_t steady_growth(const std::vector<std::int64_t>& each) {
  const auto [least, most] = std::minmax_element(each.begin(), each.end());
  return *least >= kGrowthMin && *most <= *least + *least / 2 + 8 ? *least : 0;
}

// Whether it goes on growing after so many rounds; not known when they take too long.
template <class Work>
bool grows_without_limit(Session& session, const Work& work) {
  const std::int64_t end = cpu_ms() + kLimitCpuMs;
  for (int done = 0; done < kLimitReached; ++done) {
    if (cpu_ms() > end) return false;
    work();
    session.recorder().take_log();
  }
  const Usage before = usage(session);
  const int done = rounds(work);
  return (usage(session).bytes - before.bytes) / done >= kGrowthMin;
}

template <class Work>
void expect_level(Session& session, const std::string& what, const std::string& fix,
                  const Work& work, bool may_be_kept = false) {
  rounds(work);
  Usage before = usage(session);
  std::vector<std::int64_t> bytes, mapped;
  bool threads = true, descriptors = true;
  for (int i = 0; i < kSeries; ++i) {
    const int done = rounds(work);
    const Usage after = usage(session);
    bytes.push_back((after.bytes - before.bytes) / done);
    mapped.push_back((after.mapped - before.mapped) / done);
    threads = threads && after.threads > before.threads;
    descriptors = descriptors && after.descriptors > before.descriptors;
    before = after;
  }
  if (const std::int64_t each = steady_growth(bytes);
      each > 0 && (!may_be_kept || grows_without_limit(session, work)))
    session.find_fault("leaks about " + std::to_string(each) + " bytes with each " + what, what,
                       fix);
  else if (const std::int64_t each_mapped = steady_growth(mapped);
           each_mapped >= sysconf(_SC_PAGESIZE) && !may_be_kept)
    session.find_fault("leaves about " + std::to_string(each_mapped) +
                           " bytes mapped with each " + what,
                       what, "unmap what is mapped, join threads");
  if (threads)
    session.find_fault("leaves threads behind with each " + what, what, "join them in drain()");
  if (descriptors)
    session.find_fault("leaves descriptors open with each " + what, what, "close them");
}

// In each call other ids and another name, as long as they were.
void rewrite_ids(char* text, std::size_t size) {
  static std::atomic<unsigned> next{0};
  const unsigned number = next++;
  const Identity who = first_identity();
  char digits[8];
  std::snprintf(digits, sizeof digits, "%06u", number % 1'000'000);
  for (const std::string& id : {who.contract, who.person, who.enterprise, who.mobile}) {
    const std::string tail = id.substr(id.size() - 8);
    char* at = text;
    while ((at = static_cast<char*>(
                memmem(at, size - static_cast<std::size_t>(at - text), tail.data(), tail.size()))))
      std::memcpy(at += 2, digits, 6);
  }
  const std::string mark = "章";
  const unsigned character = 0x4E00 + number % 0x5000;
  const char other[] = {static_cast<char>(0xE0 | character >> 12),
                        static_cast<char>(0x80 | (character >> 6 & 0x3F)),
                        static_cast<char>(0x80 | (character & 0x3F))};
  if (void* at = memmem(text, size, mark.data(), mark.size())) std::memcpy(at, other, sizeof other);
}

void look_at_calls(Session& session, Endpoint& endpoint, const std::string& config) {
  const Setting setting{first_identity().enterprise, config};
  Setting refusing = setting, other = setting;
  refusing.failing_write = 1;
  other.rewrite = &rewrite_ids;
  for (const Sample& sample : samples_for(session, first_identity(), config)) {
    session.teller().at("many calls of " + sample.method);
    const auto call = [&](const Sample& one, const Setting& how) {
      session.ask(one, how);
      endpoint.forget();
    };
    expect_level(session, "call of " + sample.method, "free what the call made",
                 [&] { call(sample, setting); });
    expect_level(session, "call of " + sample.method + " that fails",
                 "free what the call made, also when an error ends it", [&] {
                   Sample broken = sample;
                   for (const std::string& json :
                        {std::string("{"), std::string("[]"), std::string("{}"),
                         sample.json.substr(0, sample.json.size() / 2)}) {
                     broken.json = json;
                     call(broken, setting);
                   }
                   broken.method = "no_such_method";
                   call(broken, setting);
                   call(sample, refusing);
                 });
    expect_level(
        session, "call of " + sample.method + " for something new",
        "keep nothing for each contract or person, or only up to a limit",
        [&] { call(sample, other); }, true);
  }
}

// Lives that end before they began.
void look_at_refusals(const Subject& subject, const Teller& teller) {
  const Json config = from_json<Json>(subject.config);
  for (const WrongConfig& wrong : wrong_configs(subject.manifest.config, config)) {
    if (!wrong.document) continue;
    Session session(subject, teller, wrong.text);
    teller.at("create with " + wrong.name);
    expect_level(session, "create that is refused",
                 "free what the constructor made before it throws", [&] {
                   if (session.create()) session.close();
                 });
    return;
  }
}

}  // namespace

CheckStep check_leaks(const Subject& subject) {
  return run_apart("leaks", kTimeoutMs, [&](const Teller& teller) {
    Endpoint endpoint(endpoint_answer(subject));
    const std::string config = sent_to(subject, endpoint);
    Session session(subject, teller, config);
    const bool starts = session.open();
    if (!starts) teller.detail("it does not start here: only create and destroy were looked at");
    if (starts) look_at_calls(session, endpoint, config);
    session.close();
    teller.at("create and destroy");
    expect_level(session, "create and destroy", "delete in destroy what create made", [&] {
      if (!session.create()) return;
      if (starts) session.start();
      session.close();
    });
    session.look_at_output("create and destroy");
    look_at_refusals(subject, teller);
  });
}

}  // namespace cinnabar::authoring
