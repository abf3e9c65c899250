// The functions behind cinnabar_host: every call that a plugin makes to the kernel comes in here.
#include "kernel/base/folders.hpp"
#include "kernel/blob/blobs.hpp"
#include "kernel/db/committer.hpp"
#include "kernel/log/log.hpp"
#include "kernel/plugin/call_context.hpp"
#include "kernel/plugin/plugin_record.hpp"

#include <cinnabar/package/table_check.hpp>
#include <cinnabar/package/crash_marks.hpp>
#include <sys/random.h>

namespace cinnabar::kernel {
namespace {

PluginRecord& record_of(void* self) { return *static_cast<PluginRecord*>(self); }

// Refuses what the manifest does not ask for, so that a manifest tells the truth.
void need(const PluginRecord& record, std::string_view permission) {
  if (record.manifest.permits(permission)) return;
  throw Error("plugin.permission_missing",
              {{"plugin", record.manifest.id}, {"permission", std::string(permission)}}, {},
              CINNABAR_FAILED);
}

template <class T>
T& there(T* part, const char* what) {
  if (!part) throw Error("plugin.host_not_ready", {{"what", what}}, {}, CINNABAR_UNAVAILABLE);
  return *part;
}

// Runs a host function that has no place for an error document: the log gets it.
template <class Work>
cinnabar_status logged(const PluginRecord& record, const char* what, Work work) noexcept {
  ReplyBuffer document;
  const cinnabar_status status = guarded(document.raw(), work);
  if (status == CINNABAR_FAILED)
    log_error(std::string(what) + " failed: " + document.json(), {{"plugin", record.manifest.id}});
  return status;
}

void host_log(void* self, std::int32_t level, cinnabar_bytes message) {
  const LogLevel levels[] = {LogLevel::debug, LogLevel::info, LogLevel::warning, LogLevel::error};
  log(levels[level < 0   ? 0
             : level > 3 ? 3
                         : level],
      view(message), {{"plugin", record_of(self).manifest.id}});
}

std::int64_t host_now_ms(void* self, std::int32_t clock) {
  const Clocks& clocks = record_of(self).services->clocks;
  return clock == CINNABAR_CLOCK_BUSINESS ? clocks.business_ms() : clocks.real_ms();
}

cinnabar_status host_random(void*, char* out, std::size_t size) {
  while (size > 0) {
    const ssize_t got = getrandom(out, size, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return CINNABAR_FAILED;
    out += got;
    size -= static_cast<std::size_t>(got);
  }
  return CINNABAR_OK;
}

cinnabar_status host_invoke(void* self, const cinnabar_call* call, cinnabar_bytes interface_id,
                            cinnabar_bytes name, cinnabar_bytes method,
                            const cinnabar_message* request, const cinnabar_reply* reply) {
  return invoke_for(*record_of(self).services, call, interface_id, name, method, request, reply);
}

const void* host_table(void* self, cinnabar_bytes interface_id, cinnabar_bytes name) {
  PluginRecord& record = record_of(self);
  const void* table = nullptr;
  logged(record, "table", [&] {
    if (view(interface_id) == "cinnabar.key-store/1") need(record, "keys");
    // The database and the blobs have host functions of their own, which keep to the plugin's own.
    if (view(interface_id) == "cinnabar.database/1" ||
        view(interface_id) == "cinnabar.blob-store/1")
      throw Error("plugin.permission_missing",
                  {{"plugin", record.manifest.id}, {"permission", std::string(view(interface_id))}},
                  {}, CINNABAR_FAILED);
    table = record.services->table(view(interface_id), view(name));
  });
  return table;
}

cinnabar_status host_query(void* self, const cinnabar_call*, cinnabar_bytes sql,
                           const cinnabar_value* params, std::size_t count,
                           const cinnabar_rows* rows) {
  const package::InPlugin not_its_own(nullptr);
  PluginRecord& record = record_of(self);
  return logged(record, "query", [&] {
    need(record, "database");
    const cinnabar_database* table = there(record.services->db, "the database").table();
    package::check_tables(view(sql), record.manifest.table_prefix);
    detail::TextSink error;
    const auto status = table->query(table->self, sql, params, count, rows, &error.raw);
    if (status != CINNABAR_OK) throw_status(status, error.text);
  });
}

cinnabar_status host_commit(void* self, const cinnabar_call* call, cinnabar_bytes write_set,
                            const cinnabar_reply* reply) {
  const package::InPlugin not_its_own(nullptr);
  PluginRecord& record = record_of(self);
  return guarded(reply, [&] {
    need(record, "database");
    Commit commit;
    commit.writes = from_json<WriteSet>(view(write_set));
    if (!commit.writes.sessions.empty() || !commit.writes.revoked_sessions.empty())
      need(record, "sessions");
    commit.plugin = record.manifest.id;
    commit.table_prefix = record.manifest.table_prefix;
    if (call) commit.trace = std::string(view(call->trace));
    there(record.services->committer, "the database").commit(std::move(commit));
  });
}

cinnabar_status host_blob_put(void* self, cinnabar_bytes content, const cinnabar_reply* reply) {
  const package::InPlugin not_its_own(nullptr);
  PluginRecord& record = record_of(self);
  return guarded(reply, [&] {
    need(record, "blobs");
    const std::string id = there(record.services->blobs, "the blob store").put(view(content));
    if (CallContext* context = CallContext::current()) context->add_blob(id);
    const std::string document = to_json(Json(id));
    reply->json(reply->self, bytes_of(document));
  });
}

cinnabar_status host_blob_read(void* self, cinnabar_bytes id, std::uint64_t offset,
                               std::uint64_t size, const cinnabar_sink* sink) {
  const package::InPlugin not_its_own(nullptr);
  PluginRecord& record = record_of(self);
  return logged(record, "reading a blob", [&] {
    need(record, "blobs");
    there(record.services->blobs, "the blob store").read(view(id), offset, size, *sink);
  });
}

cinnabar_status host_data_folder(void* self, const cinnabar_sink* sink) {
  PluginRecord& record = record_of(self);
  return logged(record, "making the data folder", [&] {
    const auto folder = record.services->data_folder / "plugins" / record.manifest.id;
    make_folder(folder.parent_path());
    make_folder(folder);
    std::filesystem::permissions(folder, std::filesystem::perms::owner_all);
    detail::write_sink(sink, folder.string());
  });
}

cinnabar_status host_config(void* self, const cinnabar_sink* sink) {
  PluginRecord& record = record_of(self);
  return logged(record, "reading the configuration",
                [&] { detail::write_sink(sink, record.config); });
}

}  // namespace

cinnabar_status invoke_for(HostServices& services, const cinnabar_call* call,
                           cinnabar_bytes interface_id, cinnabar_bytes name, cinnabar_bytes method,
                           const cinnabar_message* request, const cinnabar_reply* reply) {
  cinnabar_status answer = CINNABAR_OK;
  const cinnabar_status status = guarded(reply, [&] {
    const auto invoke = [&](CallContext& context, const cinnabar_call& own) {
      answer = services.registry.invoke(*context.snapshot(view(own.owner)), own, view(interface_id),
                                        view(name), view(method), *request, reply);
    };
    if (CallContext* context = CallContext::of(call)) return invoke(*context, *call);
    // Work that belongs to no request, as at start, gets a context here, and with it its limits.
    CallContext context(services.registry, services.clocks, call->deadline_ms);
    invoke(context, context.call(view(call->owner), view(call->trace), view(call->locale)));
  });
  return status != CINNABAR_OK ? status : answer;
}

void make_host_table(PluginRecord& record) {
  record.host = {sizeof(cinnabar_host), &record,          host_log,   host_now_ms, host_random,
                 host_invoke,           host_table,       host_query, host_commit, host_blob_put,
                 host_blob_read,        host_data_folder, host_config};
}

}  // namespace cinnabar::kernel
