// Host: what the kernel offers to a plugin, in C++. Owned by the kernel, valid from create to the
// end of the process; any thread.
#pragma once

#include <cinnabar/service.hpp>
#include <cinnabar/write_set.hpp>

#include <functional>

namespace cinnabar {

enum class Clock { business = CINNABAR_CLOCK_BUSINESS, real = CINNABAR_CLOCK_REAL };
enum class Level { debug, info, warning, error };

// A result of a query: cells as Json (null, integer, number, text), by column.
struct Rows {
  std::vector<std::string> columns;
  std::vector<std::vector<Json>> rows;
};

namespace detail {

struct TextSink {
  std::string text;
  cinnabar_sink raw{sizeof(cinnabar_sink), this,
                    [](void* self, cinnabar_bytes bytes) -> cinnabar_status {
                      static_cast<TextSink*>(self)->text.append(view(bytes));
                      return CINNABAR_OK;
                    }};
  TextSink() = default;
  TextSink(const TextSink&) = delete;
  TextSink& operator=(const TextSink&) = delete;
};

inline cinnabar_value value_of(const Json& json) {
  cinnabar_value value{CINNABAR_NULL, 0, 0, {nullptr, 0}};
  if (json.is_boolean() || json.is_integer()) {
    value.type = CINNABAR_INTEGER;
    value.integer = json.is_boolean() ? json.boolean() : json.integer();
  } else if (json.is_number()) {
    value.type = CINNABAR_REAL;
    value.real = json.number();
  } else if (json.is_text()) {
    value.type = CINNABAR_TEXT;
    value.bytes = bytes_of(json.text());
  }
  return value;
}

inline Json json_of(const cinnabar_value& value) {
  switch (value.type) {
    case CINNABAR_INTEGER: return Json(value.integer);
    case CINNABAR_REAL: return Json(value.real);
    case CINNABAR_TEXT:
    case CINNABAR_BLOB: return Json(view(value.bytes));
    default: return Json();
  }
}

// A cinnabar_rows that fills a Rows.
struct RowsCollector {
  Rows result;
  cinnabar_rows raw{sizeof(cinnabar_rows), this,
                    [](void* self, const cinnabar_bytes* names, size_t count) -> cinnabar_status {
                      auto& rows = static_cast<RowsCollector*>(self)->result;
                      for (size_t i = 0; i < count; ++i) rows.columns.emplace_back(view(names[i]));
                      return CINNABAR_OK;
                    },
                    [](void* self, const cinnabar_value* cells, size_t count) -> cinnabar_status {
                      auto& row = static_cast<RowsCollector*>(self)->result.rows.emplace_back();
                      for (size_t i = 0; i < count; ++i) row.push_back(json_of(cells[i]));
                      return CINNABAR_OK;
                    }};
  RowsCollector() = default;
  RowsCollector(const RowsCollector&) = delete;
  RowsCollector& operator=(const RowsCollector&) = delete;
};

}  // namespace detail

class Host {
 public:
  explicit Host(const cinnabar_host* raw) : raw_(raw) {}

  void log(Level level, std::string_view message) const {
    raw_->log(raw_->self, static_cast<std::int32_t>(level), bytes_of(message));
  }
  std::int64_t now_ms(Clock clock) const {
    return raw_->now_ms(raw_->self, static_cast<std::int32_t>(clock));
  }
  Time now(Clock clock = Clock::business) const { return Time{now_ms(clock)}; }

  std::string random(std::size_t size) const {
    std::string out(size, '\0');
    if (raw_->random(raw_->self, out.data(), size) != CINNABAR_OK)
      throw failure("the system gives no random bytes");
    return out;
  }
  // A new sortable id (ULID) with a type prefix: "con" gives "con_01J...".
  std::string new_id(std::string_view prefix) const;

  // A client of the service that the call's owner has bound under the name; empty: the default
  // one. Both arguments must outlive the client's calls, the call itself is borrowed.
  template <class I>
  Client<I> service(const Call& call, std::string name = {}) const {
    return Client<I>(std::make_shared<Route>(raw_, call.raw(), interface_id<I>(), std::move(name)));
  }
  // A table by interface id, or null.
  template <class Table>
  const Table* table(std::string_view interface_id, std::string_view name = {}) const {
    return static_cast<const Table*>(
        raw_->table(raw_->self, bytes_of(interface_id), bytes_of(name)));
  }

  // Reads from the plugin's own tables.
  Rows query(const Call& call, std::string_view sql, const std::vector<Json>& params = {}) const {
    std::vector<cinnabar_value> values;
    for (const Json& param : params) values.push_back(detail::value_of(param));
    detail::RowsCollector rows;
    const auto status = raw_->query(raw_->self, call.raw(), bytes_of(sql), values.data(),
                                    values.size(), &rows.raw);
    if (status != CINNABAR_OK) throw_status(status, "query failed: " + std::string(sql));
    return std::move(rows.result);
  }
  // Commits outside of a request: first data at start.
  void commit(const Call& call, const WriteSet& write_set) const {
    ReplyBuffer reply;
    const std::string json = to_json(write_set);
    const auto status = raw_->commit(raw_->self, call.raw(), bytes_of(json), reply.raw());
    if (status != CINNABAR_OK) throw_status(status, reply.json());
  }

  // Stores content; returns its id "sha256:<hex>". The write-set must name it in `blobs`.
  std::string blob_put(std::string_view content) const {
    ReplyBuffer reply;
    const auto status = raw_->blob_put(raw_->self, bytes_of(content), reply.raw());
    if (status != CINNABAR_OK) throw_status(status, reply.json());
    return from_json<Json>(reply.json()).text();
  }
  std::string blob_read(std::string_view id, std::uint64_t offset = 0,
                        std::uint64_t size = UINT64_MAX) const {
    detail::TextSink sink;
    const auto status = raw_->blob_read(raw_->self, bytes_of(id), offset, size, &sink.raw);
    if (status != CINNABAR_OK) throw_status(status, "blob " + std::string(id));
    return std::move(sink.text);
  }

  std::string data_folder() const {
    detail::TextSink sink;
    if (raw_->data_folder(raw_->self, &sink.raw) != CINNABAR_OK)
      throw failure("there is no data folder here");
    return std::move(sink.text);
  }
  // The installation-wide configuration of this plugin. Refuses what the struct does not know.
  template <class T>
  T config() const {
    detail::TextSink sink;
    if (raw_->config(raw_->self, &sink.raw) != CINNABAR_OK || sink.text.empty()) return T{};
    return from_json<T>(sink.text, Reading::strict);
  }
  const cinnabar_host* raw() const { return raw_; }

 private:
  class Route final : public ServiceRoute {
   public:
    Route(const cinnabar_host* host, const cinnabar_call* call, std::string_view interface_id,
          std::string name)
        : host_(host), call_(call), interface_id_(interface_id), name_(std::move(name)) {}
    cinnabar_status invoke(std::string_view method, const cinnabar_message& request,
                           const cinnabar_reply* reply) const override {
      return host_->invoke(host_->self, call_, bytes_of(interface_id_), bytes_of(name_),
                           bytes_of(method), &request, reply);
    }

   private:
    const cinnabar_host* host_;
    const cinnabar_call* call_;
    std::string_view interface_id_;
    std::string name_;
  };

  const cinnabar_host* raw_;
};

// Crockford base 32 of 48 bits of time and 80 random bits (the ULID layout).
inline std::string make_ulid(std::int64_t time_ms, std::string_view random10) {
  constexpr char kDigits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  std::string out(26, '0');
  for (int i = 9; i >= 0; --i) {
    out[static_cast<std::size_t>(i)] = kDigits[time_ms & 31];
    time_ms >>= 5;
  }
  unsigned bits = 0, held = 0;
  std::size_t at = 10;
  for (const char c : random10.substr(0, 10)) {
    held = held << 8 | static_cast<unsigned char>(c);
    for (bits += 8; bits >= 5; bits -= 5) out[at++] = kDigits[held >> (bits - 5) & 31];
  }
  return out;
}

inline std::string Host::new_id(std::string_view prefix) const {
  return std::string(prefix) + "_" + make_ulid(now_ms(Clock::real), random(10));
}

}  // namespace cinnabar
