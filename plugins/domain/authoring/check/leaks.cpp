// Memory, threads and descriptors over many lives and many calls: what stays the same, and what
// grows.
#include "check/configs.hpp"
#include "check/samples.hpp"
#include "check/steps.hpp"
#include "check/watch.hpp"

#include <algorithm>

namespace cinnabar::authoring {
namespace {

constexpr int kTimeoutMs = 60'000;
constexpr int kRounds = 100;
constexpr int kRoundsMin = 8;
constexpr std::int64_t kCpuMs = 400;  // for one series of rounds
constexpr int kSeries = 3;
constexpr std::int64_t kGrowthMin = 12;  // bytes in each round

struct Usage {
  std::int64_t bytes = 0;
  std::size_t threads = 0;
  std::size_t descriptors = 0;
};

Usage usage(Session& session) {
  session.recorder().take_log();
  return {allocated_bytes(), thread_count(), descriptor_count()};
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

template <class Work>
void expect_level(Session& session, const std::string& what, const std::string& fix,
                  const Work& work) {
  rounds(work);
  Usage before = usage(session);
  std::vector<std::int64_t> growth;
  bool threads = true, descriptors = true;
  for (int i = 0; i < kSeries; ++i) {
    const int done = rounds(work);
    const Usage after = usage(session);
    growth.push_back((after.bytes - before.bytes) / done);
    threads = threads && after.threads > before.threads;
    descriptors = descriptors && after.descriptors > before.descriptors;
    before = after;
  }
  if (const std::int64_t each = steady_growth(growth); each > 0)
    session.find_fault("leaks about " + std::to_string(each) + " bytes with each " + what, what,
                       fix);
  if (threads)
    session.find_fault("leaves threads behind with each " + what, what, "join them in drain()");
  if (descriptors)
    session.find_fault("leaves descriptors open with each " + what, what, "close them");
}

}  // namespace

CheckStep check_leaks(const Subject& subject) {
  return run_apart("leaks", kTimeoutMs, [&](const Teller& teller) {
    Session session(subject, teller);
    bool starts = session.open();
    const auto samples =
        starts ? samples_for(session, first_identity(), {}) : std::vector<Sample>{};
    for (const Sample& sample : samples) {
      const Setting setting{first_identity().enterprise};
      expect_level(session, "call of " + sample.method, "free what the call made",
                   [&] { session.ask(sample, setting); });
    }
    session.close();
    expect_level(session, "create and destroy", "delete in destroy what create made", [&] {
      if (!session.create()) return;
      if (starts) session.start();
      session.close();
    });
    session.look_at_output("create and destroy");
  });
}

}  // namespace cinnabar::authoring
