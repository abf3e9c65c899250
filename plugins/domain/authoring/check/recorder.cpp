#include "check/recorder.hpp"

#include <poll.h>
#include <sched.h>

#include <chrono>

namespace cinnabar::authoring {
namespace {

// A plugin that floods its log is stopped by this, not by our memory.
constexpr std::size_t kLogLinesMax = 20'000;
constexpr std::uint64_t kSeed = 0x9e3779b97f4a7c15;

thread_local std::uint64_t random_state = kSeed;

Recorder& of(void* self) { return *static_cast<Recorder*>(self); }

std::int64_t system_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

bool too_late(const cinnabar_call* call) {
  return call && ((call->cancelled && call->cancelled(call->self) != 0) ||
                  (call->deadline_ms != 0 && call->deadline_ms <= system_ms()));
}

void pause() { poll(nullptr, 0, 2); }

}  // namespace

Recorder::Recorder(const std::filesystem::path& plugin_folder, const std::filesystem::path& data,
                   std::string config, const std::filesystem::path& database)
    : raw_(table(this)),
      tables_(plugin_folder, database),
      data_(data.string()),
      config_(std::move(config)) {}

cinnabar_host Recorder::table(Recorder* self) {
  return {sizeof(cinnabar_host),
          self,
          do_log,
          do_now,
          do_random,
          do_invoke,
          do_table,
          do_query,
          do_commit,
          do_blob_put,
          do_blob_read,
          do_data_folder,
          do_config};
}

void Recorder::reseed(std::uint64_t seed) { random_state = kSeed ^ (seed * 0xbf58476d1ce4e5b9); }

std::vector<std::string> Recorder::take_log() {
  const std::lock_guard lock(mutex_);
  return std::exchange(log_, {});
}

std::set<std::string> Recorder::called_early() {
  const std::lock_guard lock(mutex_);
  return early_;
}

void Recorder::forget() {
  tables_.close();
  const std::lock_guard lock(mutex_);
  log_ = {};
  blobs_.clear();
}

void Recorder::note(const char* function, bool in_create) {
  const Stage now = stage;
  if (now == Stage::running || (now == Stage::creating && in_create)) return;
  const std::lock_guard lock(mutex_);
  early_.insert(std::string(function) +
                (now == Stage::destroyed ? " after destroy" : " before start"));
}

cinnabar_status Recorder::enter(const char* function, const cinnabar_call* call) {
  note(function, false);
  if (yields) sched_yield();
  const int number = ++calls;
  while (waits && call && !too_late(call)) pause();
  if (too_late(call)) return CINNABAR_DEADLINE;
  if (refusal == CINNABAR_OK || (refused_call != 0 && refused_call != number)) return CINNABAR_OK;
  refused_function = function;
  return refusal;
}

void Recorder::do_log(void* self, std::int32_t, cinnabar_bytes message) {
  Recorder& recorder = of(self);
  recorder.note("log", true);
  if (recorder.yields) sched_yield();
  const std::lock_guard lock(recorder.mutex_);
  if (recorder.log_.size() < kLogLinesMax) recorder.log_.emplace_back(view(message));
}

std::int64_t Recorder::do_now(void* self, std::int32_t clock) {
  Recorder& recorder = of(self);
  recorder.note("now_ms", false);
  if (recorder.yields) sched_yield();
  const std::int64_t real = recorder.live_clock ? system_ms() : recorder.now_ms.load();
  return clock == CINNABAR_CLOCK_BUSINESS ? real + recorder.business_ahead_ms : real;
}

cinnabar_status Recorder::do_random(void* self, char* out, std::size_t size) {
  Recorder& recorder = of(self);
  if (const auto status = recorder.enter("random", nullptr); status != CINNABAR_OK) return status;
  for (std::size_t i = 0; i < size; ++i) {
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    out[i] = static_cast<char>(random_state >> 32);
  }
  return CINNABAR_OK;
}

cinnabar_status Recorder::do_invoke(void* self, const cinnabar_call* call, cinnabar_bytes id,
                                    cinnabar_bytes, cinnabar_bytes, const cinnabar_message*,
                                    const cinnabar_reply* reply) {
  Recorder& recorder = of(self);
  if (const auto status = recorder.enter("invoke", call); status != CINNABAR_OK) return status;
  ++recorder.effects;
  const std::string document = error_document(
      Error("plugin.not_bound", {{"interface", std::string(view(id))}, {"name", ""}}));
  reply->json(reply->self, bytes_of(document));
  return CINNABAR_UNSUPPORTED;
}

const void* Recorder::do_table(void* self, cinnabar_bytes, cinnabar_bytes) {
  of(self).note("table", false);
  return nullptr;
}

cinnabar_status Recorder::do_query(void* self, const cinnabar_call* call, cinnabar_bytes sql,
                                   const cinnabar_value* params, std::size_t count,
                                   const cinnabar_rows* rows) {
  Recorder& recorder = of(self);
  if (const auto status = recorder.enter("query", call); status != CINNABAR_OK) return status;
  return recorder.tables_.query(view(sql), params, count, rows);
}

cinnabar_status Recorder::do_commit(void* self, const cinnabar_call* call, cinnabar_bytes write_set,
                                    const cinnabar_reply* reply) {
  Recorder& recorder = of(self);
  if (const auto status = recorder.enter("commit", call); status != CINNABAR_OK) return status;
  ++recorder.effects;
  return guarded(reply, [&] {
    const std::string reason = recorder.tables_.apply(from_json<WriteSet>(view(write_set)));
    if (!reason.empty()) throw conflict(reason);
  });
}

cinnabar_status Recorder::do_blob_put(void* self, cinnabar_bytes content,
                                      const cinnabar_reply* reply) {
  Recorder& recorder = of(self);
  if (const auto status = recorder.enter("blob_put", nullptr); status != CINNABAR_OK) return status;
  ++recorder.effects;
  return guarded(reply, [&] {
    const std::lock_guard lock(recorder.mutex_);
    const std::string number = std::to_string(recorder.blobs_.size());
    const std::string id = "sha256:" + std::string(64 - number.size(), '0') + number;
    recorder.blobs_[id] = std::string(view(content));
    const std::string document = to_json(Json(id));
    reply->json(reply->self, bytes_of(document));
  });
}

cinnabar_status Recorder::do_blob_read(void* self, cinnabar_bytes id, std::uint64_t offset,
                                       std::uint64_t size, const cinnabar_sink* sink) {
  Recorder& recorder = of(self);
  if (const auto status = recorder.enter("blob_read", nullptr); status != CINNABAR_OK)
    return status;
  const std::lock_guard lock(recorder.mutex_);
  const auto found = recorder.blobs_.find(view(id));
  if (found == recorder.blobs_.end() || offset > found->second.size()) return CINNABAR_REFUSED;
  return sink->write(sink->self, bytes_of(std::string_view(found->second).substr(offset, size)));
}

cinnabar_status Recorder::do_data_folder(void* self, const cinnabar_sink* sink) {
  Recorder& recorder = of(self);
  recorder.note("data_folder", false);
  return sink->write(sink->self, bytes_of(recorder.data_));
}

cinnabar_status Recorder::do_config(void* self, const cinnabar_sink* sink) {
  Recorder& recorder = of(self);
  recorder.note("config", true);
  recorder.config_read = true;
  return sink->write(sink->self, bytes_of(recorder.config_));
}

}  // namespace cinnabar::authoring
