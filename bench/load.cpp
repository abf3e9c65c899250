#include "load.hpp"

#include "http_client.hpp"

#include <cinnabar/json.hpp>

#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <thread>
#include <vector>

namespace cinnabar::bench {
namespace {

using Clock = std::chrono::steady_clock;

Clock::duration seconds(double value) {
  return std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(value));
}

// Runs work(i) on one thread a client. A load that fails measures nothing: the program ends.
void on_threads(int clients, const std::function<void(int)>& work) {
  std::vector<std::thread> threads;
  for (int i = 0; i < clients; ++i)
    threads.emplace_back([&work, i] {
      try {
        work(i);
      } catch (const std::exception& error) {
        std::fprintf(stderr, "load: %s\n", error.what());
        std::_Exit(1);
      }
    });
  for (std::thread& thread : threads) thread.join();
}

std::string id_in(std::string_view body) { return from_json<Json>(body)["id"].text(); }

void sign(HttpClient& client, const std::string& contract, const std::string& password) {
  const Json begun =
      from_json<Json>(client.expect("POST", contract + "/sign/begin", R"({"method":"password"})"));
  const Json body = Json::object()
                        .set("challenge_id", begun["challenge_id"])
                        .set("answer", Json::object().set("password", password))
                        .set("shown_digest", begun["shown_digest"])
                        .set("version", begun["version"]);
  client.expect("POST", contract + "/sign", to_json(body));
}

// The requests of ordinary users, in a fixed cycle. What was drawn up is sent, later and once.
class Mixture {
 public:
  Mixture(const LoadPlan& load)
      : body_(to_json(load.plan["draft"])), read_("/contracts/" + load.plan["contract"].text()) {}

  void request(std::size_t number, HttpClient& client) {
    const std::size_t turn = number % 4;
    if (turn == 1) return draw_up(client);
    if (turn == 3 && send(client)) return;
    client.expect("GET", read_);
  }

 private:
  void draw_up(HttpClient& client) {
    std::string id = id_in(client.expect("POST", "/contracts", body_));
    const std::lock_guard lock(mutex_);
    drafts_.push_back(std::move(id));
  }

  bool send(HttpClient& client) {
    std::string id;
    {
      const std::lock_guard lock(mutex_);
      if (drafts_.empty()) return false;
      id = std::move(drafts_.back());
      drafts_.pop_back();
    }
    client.expect("POST", "/contracts/" + id + "/send", "{}");
    return true;
  }

  const std::string body_, read_;
  std::mutex mutex_;
  std::vector<std::string> drafts_;
};

// When the requests are due: at random, like those of people who know nothing of each other.
std::vector<Clock::duration> arrivals(double rate, double length_s) {
  std::mt19937_64 random(20'250'101);  // the same moments in every round
  std::exponential_distribution<double> gap(rate);
  std::vector<Clock::duration> due;
  for (double at = gap(random); at < length_s; at += gap(random)) due.push_back(seconds(at));
  return due;
}

void print_latencies(std::vector<double>& us) {
  if (us.empty()) return;
  std::sort(us.begin(), us.end());
  std::printf("p50_us %.1f\np99_us %.1f\n", us[us.size() / 2], us[us.size() * 99 / 100]);
}

}  // namespace

void run_lives(const LoadPlan& load) {
  const std::string body = to_json(load.plan["draft"]);
  const std::string values = R"({"values":{"place":"南京"}})";
  const Json &company = load.plan["company"], &person = load.plan["person"];
  std::atomic<int> lives{0};
  const auto begin = Clock::now();
  on_threads(load.clients, [&](int) {
    HttpClient ours(load.port, company["token"].text());
    HttpClient theirs(load.port, person["token"].text());
    while (Clock::now() < begin + seconds(load.seconds)) {
      const std::string contract =
          "/contracts/" + id_in(ours.expect("POST", "/contracts", body));
      ours.expect("POST", contract + "/send", "{}");
      theirs.expect("POST", contract + "/fill", values);
      sign(ours, contract, company["password"].text());
      sign(theirs, contract, person["password"].text());
      ++lives;
    }
  });
  const std::chrono::duration<double> took = Clock::now() - begin;
  std::printf("lives %d\nrate %.3f\n", lives.load(), lives / took.count());
}

void run_mixture(const LoadPlan& load) {
  Mixture mixture(load);
  std::vector<Clock::duration> due;
  if (load.rate > 0) due = arrivals(load.rate, load.seconds);
  std::atomic<std::size_t> next{0};
  std::mutex mutex;
  std::vector<double> latencies;
  const auto begin = Clock::now();
  on_threads(load.clients, [&](int) {
    ::prctl(PR_SET_TIMERSLACK, 1);
    HttpClient client(load.port, load.plan["company"]["token"].text());
    for (;;) {
      const std::size_t number = next++;
      auto from = Clock::now();
      if (load.rate > 0) {
        if (number >= due.size()) return;
        from = begin + due[number];
        std::this_thread::sleep_until(from);
      } else if (from >= begin + seconds(load.seconds)) {
        return;
      }
      mixture.request(number, client);
      const std::chrono::duration<double, std::micro> took = Clock::now() - from;
      const std::lock_guard lock(mutex);
      latencies.push_back(took.count());
    }
  });
  const std::chrono::duration<double> took = Clock::now() - begin;
  std::printf("requests %zu\nrate %.3f\n", latencies.size(),
              static_cast<double>(latencies.size()) / took.count());
  print_latencies(latencies);
}

void run_offenders(const LoadPlan& load) {
  const Json::Array& offences = load.plan["offences"].items();
  const std::string token = load.plan["offender"]["token"].text();
  const auto turn = seconds(load.plan["turn_seconds"].number());
  const std::string script_path =
      "/enterprises/" + load.plan["offender"]["enterprise"].text() + "/hooks/script";
  std::mutex mutex;
  std::map<std::string, int> kinds;
  const auto begin = Clock::now();
  on_threads(load.clients, [&](int index) {
    HttpClient client(load.port, token);
    const std::string contract = "/contracts/" + load.plan["offender"]["contract"].text();
    auto next_turn = begin;
    for (std::size_t number = 0; Clock::now() < begin + seconds(load.seconds);) {
      if (index == 0 && Clock::now() >= next_turn) {
        // A version not seen before, so that what is known of the last one does not help.
        const std::string version = std::to_string(::getpid()) + "." + std::to_string(number);
        const std::string source = offences[number++ % offences.size()].text() + " -- " + version;
        client.expect("PUT", script_path, to_json(Json::object().set("source", source)));
        next_turn += turn;
      }
      const HttpReply reply = client.call("POST", contract + "/send", "{}");
      if (reply.status != 422) throw failure("an endless script was not refused: " + reply.body);
      const std::string kind = from_json<Json>(reply.body)["kind"].text();
      const std::lock_guard lock(mutex);
      ++kinds[kind];
    }
  });
  for (const auto& [kind, count] : kinds) std::printf("%s %d\n", kind.c_str(), count);
}

}  // namespace cinnabar::bench
