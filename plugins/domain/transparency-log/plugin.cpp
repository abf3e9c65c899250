// cinnabar.transparency-log: every event enters one append-only log in the order in which it was
// committed; the log's states are signed and open to everybody, its proofs too.
#include "anchor.hpp"
#include "tile_path.hpp"
#include "tree.hpp"

#include <cinnabar/domain_plugin.hpp>
#include <cinnabar/services/doctor.hpp>
#include <cinnabar/services/transparency_log.hpp>

#include <algorithm>
#include <atomic>
#include <charconv>

namespace cinnabar::tlog {

struct Config {
  std::string origin;
  std::string key_store = "file";
  std::int64_t checkpoint_pause_ms = 1'000;
};
CINNABAR_DESCRIBE(Config, origin, key_store, checkpoint_pause_ms)

struct LogRow {
  std::int64_t id = 1;
  std::string origin;
  std::string key_store;
  std::string key_id;
  std::int64_t size = 0;
};
CINNABAR_DESCRIBE(LogRow, id, origin, key_store, key_id, size)
constexpr Table<LogRow> kLog{"tlog_log", false};

struct EventProof {
  LogCheckpoint checkpoint;
  std::string key;
  LogInclusion inclusion;
};
CINNABAR_DESCRIBE(EventProof, checkpoint, (key, doc("Verifier key (c2sp.org/signed-note).")),
                  inclusion)

struct ConsistencyView {
  std::int64_t from = 0;
  std::int64_t to = 0;
  std::vector<std::string> hashes;
};
CINNABAR_DESCRIBE(ConsistencyView, from, to, (hashes, items(0, 64), doc("Hex, RFC 6962 2.1.2.")))

namespace {

// Ids asked for by one statement.
constexpr std::size_t kQueryIds = 200;
// An Ed25519 SubjectPublicKeyInfo ends with the 32 bytes of the key (RFC 8410).
constexpr std::size_t kSpkiSize = 44;

std::vector<std::string> in_hex(const log::Hashes& hashes) {
  std::vector<std::string> out;
  for (const log::Hash& hash : hashes) out.push_back(to_hex(hash));
  return out;
}

FileAnswer file(std::string type, std::string content, std::string etag = {}) {
  FileAnswer answer;
  answer.content_type = std::move(type);
  answer.content = std::move(content);
  answer.etag = std::move(etag);
  return answer;
}

}  // namespace

class LogPlugin final : public DomainPlugin, public TransparencyLog, public Doctor {
 public:
  using Interfaces = Provides<Domain, TransparencyLog, Doctor>;

  explicit LogPlugin(Host& host) : DomainPlugin(host), config_(host.config<Config>()) {
    using Self = LogPlugin;
    const auto page = [&](const char* path, const char* name, auto handler) -> Route& {
      return route("GET", path, name, this, handler).open().site();
    };
    page("/log/checkpoint", "log.checkpoint", &Self::newest);
    page("/log/key", "log.key", &Self::key);
    page("/log/consistency", "log.consistency", &Self::consistency)
        .query("from", "Size of the older tree.", true)
        .query("to", "Size of the newer tree.", true);
    // A number has a segment for each three digits, and one more for a partial tile's width.
    page("/log/tile/{level}/{a}", "log.tile", &Self::tile);
    page("/log/tile/{level}/{a}/{b}", "log.tile2", &Self::tile);
    page("/log/tile/{level}/{a}/{b}/{c}", "log.tile3", &Self::tile);
    page("/log/tile/{level}/{a}/{b}/{c}/{d}", "log.tile4", &Self::tile);
    route("GET", "/log/proof", "log.proof", this, &Self::proof)
        .summary("That an event is in the transparency log", "事件的透明日志证明")
        .self()
        .query("event", "Id of an event.", true);
    on_all({"*"}, this, &Self::append);
    job("checkpoint", this, &Self::checkpoint_job);
  }

  void start() {
    const OwnCall own;
    const Call call = own.call();
    LogRow row = log_row(call);
    if (row.origin.empty()) row = begin(call);
    const std::string spki = keys(row.key_store).public_key(row.key_id);
    if (spki.size() != kSpkiSize) throw failure("the log's key is no Ed25519 key");
    key_ = {row.origin, spki.substr(kSpkiSize - log::kHashSize)};
    key_store_ = row.key_store;
    key_id_ = row.key_id;
    anchor_ = std::make_unique<Anchor>(std::filesystem::path(host().data_folder()) / "checkpoint");
    std::optional<Tree> tree;
    rolled_back_ = anchor_->compare(
        key_,
        [&] {
          tree.emplace(host(), call, static_cast<std::uint64_t>(log_row(call).size));
          return tree->size();
        },
        [&](std::uint64_t size) { return tree->root(size); });
    if (!rolled_back_.empty())
      host().log(Level::error, "the transparency log signs nothing: " + rolled_back_);
  }

  LogProof prove(const LogProofRequest& request, const Call& call) override {
    LogProof out;
    const auto positions = positions_of(request.events, call);
    std::uint64_t last = 0;
    for (const std::string& event : request.events) {
      const auto found = positions.find(event);
      if (found == positions.end())
        throw Error("log.behind", {{"event", event}}, {}, CINNABAR_UNAVAILABLE);
      last = std::max(last, found->second + 1);
    }
    Tree tree = tree_now(call);
    out.key = key_.text();
    out.checkpoint = sign(tree, tree.size());
    for (const std::string& event : request.events) {
      const std::uint64_t position = positions.at(event);
      out.inclusions.push_back({event, static_cast<std::int64_t>(position),
                                in_hex(tree.inclusion(position, tree.size()))});
    }
    out.earlier = sign(tree, last);
    out.consistency = in_hex(tree.consistency(last, tree.size()));
    return out;
  }

  Findings examine(const ExamineRequest&, const Call& call) override {
    Findings findings;
    findings.checks.push_back({"log.rollback", rolled_back_.empty(), rolled_back_.empty() ? 0 : 1,
                               rolled_back_.empty() ? "none" : rolled_back_});
    // In one statement: a server may be adding entries.
    const Rows counts =
        host().query(call, "SELECT size, (SELECT COUNT(*) FROM tlog_entry) FROM tlog_log");
    const std::int64_t size = counts.rows.empty() ? 0 : counts.rows[0][0].integer();
    const std::int64_t entries = counts.rows.empty() ? 0 : counts.rows[0][1].integer();
    const bool whole = entries == size;
    findings.checks.push_back({"log.entries", whole, entries,
                               whole ? "all there"
                                     : "the log says " + std::to_string(size) +
                                           " entries; restore the database from a backup"});
    const std::string fault = Tree(host(), call, static_cast<std::uint64_t>(size)).fault();
    findings.checks.push_back(
        {"log.tree", fault.empty(), fault.empty() ? 0 : 1,
         fault.empty() ? "intact" : fault + "; restore the database from a backup"});
    return findings;
  }

 private:
  LogRow log_row(const Call& call) {
    return Store(host(), call, {}).find(kLog, "id = 1", {}).value_or(LogRow{});
  }

  // Two nodes that start at once: one of them makes the log, the other one takes it over.
  LogRow begin(const Call& call) {
    std::string origin = config_.origin;
    if (origin.empty()) origin = "cinnabar.log/" + host().new_id("log").substr(4);
    if (!log::good_key_name(origin))
      throw failure("the setting origin of the transparency log holds a character that it may not");
    const LogRow row{1, origin, config_.key_store, keys(config_.key_store).create("ed25519"), 0};
    WriteSet writes;
    Store(host(), call, {}).insert(writes, kLog, row);
    try {
      host().commit(call, writes);
      return row;
    } catch (const Error& error) {
      if (error.status() != CINNABAR_CONFLICT) throw;
      return log_row(call);
    }
  }

  KeyStoreClient keys(const std::string& store) const {
    return KeyStoreClient(host().table<cinnabar_key_store>("cinnabar.key-store/1", store));
  }

  Tree tree_now(const Call& call) {
    return Tree(host(), call, static_cast<std::uint64_t>(log_row(call).size));
  }

  // Ed25519 gives the same signature each time, so that nothing need be kept of what was signed.
  LogCheckpoint sign(Tree& tree, std::uint64_t size) {
    if (!rolled_back_.empty())
      throw Error("log.rolled_back", {{"reason", rolled_back_}}, {}, CINNABAR_UNAVAILABLE);
    const log::Checkpoint checkpoint{key_.name, size, tree.root(size)};
    const std::string note = log::signed_note(
        checkpoint, key_, keys(key_store_).sign(key_id_, "none", checkpoint.body()));
    anchor_->keep(size, note);
    return {note, static_cast<std::int64_t>(size), to_hex(checkpoint.root)};
  }

  WriteSet append(const EventBatch& batch, const Call& call) {
    WriteSet writes;
    std::vector<std::pair<std::string, std::string>> entries;
    for (const StoredEvent& event : batch.events) entries.emplace_back(event.id, event.hash);
    tree_now(call).append(entries, writes);
    // The same moment while one waits, so that a busy log cannot put it off for ever.
    JobDraft job;
    job.kind = "checkpoint";
    job.key = "checkpoint";
    job.run_at = Time{next_checkpoint_ms_.load()};
    writes.jobs.push_back(std::move(job));
    return writes;
  }

  WriteSet checkpoint_job(const JobCall&, const Call& call) {
    next_checkpoint_ms_ = host().now_ms(Clock::business) + config_.checkpoint_pause_ms;
    if (!rolled_back_.empty()) return {};  // said at start and by the doctor
    Tree tree = tree_now(call);
    sign(tree, tree.size());
    return {};
  }

  std::map<std::string, std::uint64_t> positions_of(const std::vector<std::string>& events,
                                                    const Call& call) {
    std::map<std::string, std::uint64_t> out;
    for (std::size_t first = 0; first < events.size(); first += kQueryIds) {
      const std::size_t end = std::min(first + kQueryIds, events.size());
      std::string marks;
      for (std::size_t i = first; i < end; ++i) marks += marks.empty() ? "?" : ", ?";
      const Rows rows = host().query(
          call, "SELECT event, position FROM tlog_entry WHERE event IN (" + marks + ")",
          {events.begin() + static_cast<std::ptrdiff_t>(first),
           events.begin() + static_cast<std::ptrdiff_t>(end)});
      for (const auto& row : rows.rows)
        out[row[0].text()] = static_cast<std::uint64_t>(row[1].integer());
    }
    return out;
  }

  // Routes.

  FileAnswer newest(const Request& request) {
    Tree tree = tree_now(request.call);
    return file("text/plain; charset=utf-8", sign(tree, tree.size()).note);
  }

  FileAnswer key(const Request&) {
    return file("text/plain; charset=utf-8", key_.text() + "\n");
  }

  FileAnswer tile(const Request& request) {
    std::string path = request.param("level");
    for (const char* name : {"a", "b", "c", "d"})
      if (const auto found = request.http.params.find(name); found != request.http.params.end())
        path += "/" + found->second;
    Tree tree = tree_now(request.call);
    const auto asked = parse_tile_path(path);
    const Error unknown("log.tile_unknown", {{"size", std::to_string(tree.size())}});
    if (!asked) throw unknown;
    const auto end = asked->number * kTileWidth + static_cast<std::uint64_t>(asked->width);
    if (asked->number > tree.size() || end > tree.width(std::max(asked->level, 0))) throw unknown;
    std::string content;
    const auto count = static_cast<std::size_t>(asked->width);
    if (asked->level < 0) {
      // Each entry with its size before it, two bytes.
      const auto entries = tree.entries(asked->number);
      for (std::size_t i = 0; i < count; ++i)
        content += std::string("\0", 1) + static_cast<char>(entries[i].size()) + entries[i];
    } else {
      const log::Hashes& hashes = tree.tile(asked->level, asked->number);
      for (std::size_t i = 0; i < count; ++i) content += hashes[i];
    }
    return file("application/octet-stream", std::move(content), to_hex(sha256(path)));
  }

  FileAnswer consistency(const Request& request) {
    Tree tree = tree_now(request.call);
    const auto size_of = [&](const char* name) {
      const std::string text = request.query(name);
      std::uint64_t value = 0;
      const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
      if (text.empty() || fault != std::errc() || end != text.data() + text.size() ||
          value > tree.size())
        throw Error("log.range_invalid", {{"size", std::to_string(tree.size())}});
      return value;
    };
    const std::uint64_t from = size_of("from"), to = size_of("to");
    if (from > to) throw Error("log.range_invalid", {{"size", std::to_string(tree.size())}});
    return file("application/json",
                to_json(ConsistencyView{static_cast<std::int64_t>(from),
                                        static_cast<std::int64_t>(to),
                                        in_hex(tree.consistency(from, to))}));
  }

  Answer<EventProof> proof(const Request& request) {
    const std::string event = request.query("event");
    if (positions_of({event}, request.call).empty())
      throw Error("log.event_unknown", {{"event", event.substr(0, 64)}});
    LogProof proof = prove({{event}}, request.call);
    Answer<EventProof> answer;
    answer.body = {std::move(proof.checkpoint), std::move(proof.key),
                   std::move(proof.inclusions.front())};
    return answer;
  }

  const Config config_;
  log::VerifierKey key_;  // from start on, like the three that follow
  std::string key_store_;
  std::string key_id_;
  std::unique_ptr<Anchor> anchor_;
  std::string rolled_back_;  // why nothing is signed; empty: all is well
  std::atomic<std::int64_t> next_checkpoint_ms_{0};
};

}  // namespace cinnabar::tlog

CINNABAR_PLUGIN(cinnabar::tlog::LogPlugin)
