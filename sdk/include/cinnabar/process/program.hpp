// Program: the platform's side of the conversation with a plugin that is a program of any language:
// greets it, carries calls to it one at a time, and passes on what it logs and asks meanwhile. See
// docs/authors/process-protocol.md. Owned by whoever started the program; one thread.
#pragma once

#include <cinnabar/host.hpp>
#include <cinnabar/process/stream.hpp>

namespace cinnabar::process {

// The plugin as its manifest describes it.
struct ProgramInfo {
  std::string id;
  std::string version;
  std::string config;  // JSON, installation-wide; empty: none
  std::vector<std::string> interfaces;
};

enum class ProgramStatus { ok, refused, failed, unavailable, deadline, conflict, unsupported };
CINNABAR_ENUM(ProgramStatus, ok, refused, failed, unavailable, deadline, conflict, unsupported)

class Program {
 public:
  // So long before its deadline a call is cancelled, if half of its time is not shorter.
  static constexpr std::int64_t kCancelAheadMs = 250;
  // For what has no deadline.
  static constexpr std::int64_t kPatienceMs = 20'000;

  Program(int socket, const cinnabar_host* host) : stream_(socket), host_(host) {}

  // Throws Broken, or Error "plugin.refused" when it says that it cannot work.
  void greet(const ProgramInfo& info, std::int64_t until_ms) {
    std::string hello = "{\"type\":\"hello\",\"protocol\":" + std::to_string(kProtocol);
    add(hello, "plugin", quoted(info.id));
    add(hello, "version", quoted(info.version));
    add(hello, "interfaces", to_json(info.interfaces));
    add(hello, "config", info.config.empty() ? "null" : info.config);
    stream_.send(hello + "}", {}, until_ms);
    for (;;) {
      const Json header = stream_.receive(until_ms).header;
      const std::string type = text(header, "type");
      if (type == "log") {
        pass_on_log(header);
        continue;
      }
      if (type == "refuse")
        throw Error("plugin.refused", {{"reason", "its program says: " + text(header, "reason")}});
      if (type != "ready" || !header["protocol"].is_integer())
        throw Broken(Broken::Kind::malformed, "\"" + type + "\" where \"ready\" should be");
      if (header["protocol"].integer() != kProtocol)
        throw Error("plugin.refused",
                    {{"reason", "its program speaks protocol " +
                                    std::to_string(header["protocol"].integer()) +
                                    ", this platform speaks " + std::to_string(kProtocol)}});
      return;
    }
  }

  // As cinnabar_service.invoke. Throws Broken when the program is of no more use.
  cinnabar_status invoke(std::string_view interface_id, const cinnabar_call& call,
                         std::string_view method, const cinnabar_message& request,
                         const cinnabar_reply& reply) {
    const std::int64_t id = ++calls_, now_ms = steady_ms();
    const std::int64_t real_ms = host_->now_ms(host_->self, CINNABAR_CLOCK_REAL);
    const std::int64_t left_ms =
        call.deadline_ms == 0 ? kPatienceMs : std::max<std::int64_t>(0, call.deadline_ms - real_ms);
    const std::int64_t until_ms = now_ms + left_ms;
    std::string header = "{\"type\":\"call\",\"id\":" + std::to_string(id);
    add(header, "interface", quoted(interface_id));
    add(header, "method", quoted(method));
    add(header, "owner", quoted(view(call.owner)));
    add(header, "locale", quoted(view(call.locale)));
    add(header, "trace", quoted(view(call.trace)));
    add(header, "deadline_ms", std::to_string(real_ms + left_ms));
    add(header, "business_ms",
        std::to_string(host_->now_ms(host_->self, CINNABAR_CLOCK_BUSINESS)));
    add(header, "config", call.config.size == 0 ? "null" : view(call.config));
    add_document(header, request);
    stream_.send(header, spans_of(request), until_ms);

    bool cancelled = false;
    const std::int64_t cancel_ms = until_ms - std::min(kCancelAheadMs, left_ms / 2);
    for (;;) try {
        const Message message = stream_.receive(cancelled ? until_ms : cancel_ms);
        const std::string type = text(message.header, "type");
        if (type == "log") pass_on_log(message.header);
        else if (type == "ask") answer(message, call, until_ms);
        else return finish(type, message, id, reply);
      } catch (const Broken& broken) {
        // A half message cannot be waited for again: its time was the call's.
        if (broken.kind != Broken::Kind::timed_out || cancelled || stream_.within()) throw;
        cancelled = true;
        stream_.send("{\"type\":\"cancel\",\"id\":" + std::to_string(id) + "}", {}, until_ms);
      }
  }

 private:
  static std::string quoted(std::string_view text) { return to_json(Json(text)); }
  static std::string text(const Json& header, std::string_view name) {
    const Json& value = header[name];
    return value.is_text() ? std::string(value.text()) : std::string();
  }
  static void add(std::string& header, std::string_view name, std::string_view json) {
    header.append(",\"").append(name).append("\":").append(json);
  }
  static std::vector<std::string_view> spans_of(const cinnabar_message& message) {
    std::vector<std::string_view> spans;
    for (std::size_t i = 0; i < message.span_count; ++i) spans.push_back(view(message.spans[i]));
    return spans;
  }
  static void add_document(std::string& header, const cinnabar_message& message) {
    add(header, "document", message.json.size == 0 ? "null" : view(message.json));
    std::string sizes;
    for (std::size_t i = 0; i < message.span_count; ++i)
      sizes += (i ? "," : "") + std::to_string(message.spans[i].size);
    if (!sizes.empty()) add(header, "spans", "[" + sizes + "]");
    header += "}";
  }

  void pass_on_log(const Json& header) const {
    const std::string level = text(header, "level"), line = text(header, "text");
    const std::int32_t number = level == "debug"     ? CINNABAR_LOG_DEBUG
                                : level == "warning" ? CINNABAR_LOG_WARNING
                                : level == "error"   ? CINNABAR_LOG_ERROR
                                                     : CINNABAR_LOG_INFO;
    host_->log(host_->self, number, bytes_of(line));
  }

  static cinnabar_status finish(const std::string& type, const Message& message, std::int64_t id,
                                const cinnabar_reply& reply) {
    const Json& header = message.header;
    if (!header["id"].is_integer() || header["id"].integer() != id)
      throw Broken(Broken::Kind::malformed, "an answer to another call");
    if (type == "error") {
      ErrorDocument error{text(header, "code"), {}, text(header, "pointer")};
      for (const auto& [name, value] : header["params"].members())
        error.params[name] = value.is_text() ? std::string(value.text()) : to_json(value);
      const std::string name = text(header, "status");
      const auto status = enum_from<ProgramStatus>(name.empty() ? "refused" : name);
      if (!status || *status == ProgramStatus::ok)
        throw Broken(Broken::Kind::malformed, "an error with the status \"" + name + "\"");
      const std::string document = to_json(error);
      reply.json(reply.self, bytes_of(document));
      return static_cast<cinnabar_status>(*status);
    }
    if (type != "reply")
      throw Broken(Broken::Kind::malformed, "a message that there is not: " + type);
    const std::string document = to_json(header["document"]);
    reply.json(reply.self, bytes_of(document));
    for (const Bytes& span : message.spans) reply.span(reply.self, bytes_of(span.view()));
    return CINNABAR_OK;
  }

  // What the program asks of another plugin, within its call.
  void answer(const Message& ask, const cinnabar_call& call, std::int64_t until_ms) {
    const Json& header = ask.header;
    const std::string interface_id = text(header, "interface"), name = text(header, "name");
    const std::string method = text(header, "method"), document = to_json(header["document"]);
    std::vector<cinnabar_bytes> spans;
    for (const Bytes& span : ask.spans) spans.push_back(bytes_of(span.view()));
    const cinnabar_message message{sizeof message, bytes_of(document), spans.data(), spans.size()};
    ReplyBuffer reply;
    const cinnabar_status status =
        host_->invoke(host_->self, &call, bytes_of(interface_id), bytes_of(name), bytes_of(method),
                      &message, reply.raw());
    std::string out = "{\"type\":\"answer\",\"id\":" + to_json(header["id"]);
    add(out, "status", quoted(name_of(static_cast<ProgramStatus>(status))));
    spans.clear();
    std::vector<std::string_view> bytes;
    for (const Bytes& span : reply.spans()) {
      spans.push_back(bytes_of(span.view()));
      bytes.push_back(span.view());
    }
    add_document(out, {sizeof message, bytes_of(reply.json()), spans.data(), spans.size()});
    stream_.send(out, bytes, until_ms);
  }

  Stream stream_;
  const cinnabar_host* host_;
  std::int64_t calls_ = 0;
};

}  // namespace cinnabar::process
