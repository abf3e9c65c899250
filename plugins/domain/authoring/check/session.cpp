#include "check/session.hpp"

#include <cinnabar/text.hpp>

#include <sys/mman.h>
#include <unistd.h>

#include <cstring>

namespace cinnabar::authoring {
namespace {

constexpr std::size_t kQuotedMax = 120;
constexpr std::size_t kPage = 4096;

std::string quoted_text(std::string_view text) {
  return "\"" + shortened_text(text, kQuotedMax) + "\"";
}

// Bytes that end where memory ends, so that reading on is a crash: spans have no terminating zero.
class Bounded {
 public:
  explicit Bounded(std::string_view text)
      : size_((text.size() / kPage + 2) * kPage), text_size_(text.size()) {
    memory_ = static_cast<char*>(
        mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    if (memory_ == MAP_FAILED) throw failure("no memory");
    mprotect(memory_ + size_ - kPage, kPage, PROT_NONE);
    std::memcpy(memory_ + size_ - kPage - text_size_, text.data(), text_size_);
  }
  ~Bounded() { munmap(memory_, size_); }
  Bounded(const Bounded&) = delete;
  Bounded& operator=(const Bounded&) = delete;
  char* text() const { return memory_ + size_ - kPage - text_size_; }
  cinnabar_bytes bytes() const { return {memory_ + size_ - kPage - text_size_, text_size_}; }

 private:
  std::size_t size_;
  std::size_t text_size_;
  char* memory_;
};

// A reply that can refuse one of its writes.
class Sink {
 public:
  Sink(Reply& reply, int failing_write) : reply_(reply), failing_(failing_write) {
    raw_ = {sizeof raw_, this,
            [](void* self, cinnabar_bytes bytes) {
              return of(self).write([&] { of(self).reply_.json.append(view(bytes)); });
            },
            [](void* self, cinnabar_bytes bytes) {
              return of(self).write([&] { of(self).reply_.spans.emplace_back(view(bytes)); });
            }};
  }
  const cinnabar_reply* raw() const { return &raw_; }

 private:
  static Sink& of(void* self) { return *static_cast<Sink*>(self); }
  template <class Take>
  cinnabar_status write(const Take& take) {
    const int number = ++reply_.writes;
    if (number == failing_) return CINNABAR_FAILED;
    take();
    return CINNABAR_OK;
  }
  Reply& reply_;
  int failing_;
  cinnabar_reply raw_{};
};

template <class Work>
void caught(Reply& reply, const Work& work) {
  try {
    work();
  } catch (const std::exception& error) {
    reply.threw = true;
    reply.thrown = error.what();
  } catch (...) {
    reply.threw = true;
    reply.thrown = "an exception of an unknown type";
  }
}

std::int32_t is_cancelled(const void* self) {
  return static_cast<const std::atomic<bool>*>(self)->load() ? 1 : 0;
}

}  // namespace

std::string status_name(cinnabar_status status) {
  static const char* const kNames[] = {"OK",       "REFUSED",  "FAILED",     "UNAVAILABLE",
                                       "DEADLINE", "CONFLICT", "UNSUPPORTED"};
  return status >= 0 && status <= CINNABAR_UNSUPPORTED
             ? std::string("CINNABAR_") + kNames[status]
             : "the unknown status " + std::to_string(status);
}

std::string Reply::whole() const {
  // Of an error its code: what it says of the circumstances may differ, as "after 3 ms".
  const std::string answer = ok() ? json : json.substr(0, json.find(",\"params\""));
  std::string text = threw ? "threw " + thrown : status_name(status) + " " + answer;
  for (const std::string& span : spans) text += "\n" + span;
  return text;
}

Session::Session(const Subject& subject, const Teller& teller, std::string config,
                 const std::filesystem::path& database)
    : subject_(subject),
      teller_(teller),
      recorder_(*new Recorder(subject.manifest.folder, subject.data, std::move(config), database)) {
  table_ = load_library(subject.manifest);
}

bool Session::create(std::string* error) {
  teller_.at("create");
  recorder_.stage = Stage::creating;
  Reply reply;
  Sink sink(reply, 0);
  caught(reply, [&] { reply.status = table_->create(recorder_.host(), sink.raw(), &instance_); });
  if (error) *error = reply.json;
  look_at_document({{}, "create", {}}, reply);
  look_at_failure("create", reply);
  look_at_output("create");
  if (reply.ok() && !instance_)
    find_fault("create answered CINNABAR_OK and gave no instance", "create", "set *instance");
  if (!reply.ok()) instance_ = nullptr;
  if (!reply.ok()) recorder_.stage = Stage::loading;
  return reply.ok() && instance_;
}

bool Session::start(std::string* error) {
  teller_.at("start");
  recorder_.stage = Stage::running;
  Reply reply;
  Sink sink(reply, 0);
  caught(reply, [&] { reply.status = table_->start(instance_, sink.raw()); });
  if (error) *error = reply.json;
  look_at_document({{}, "start", {}}, reply);
  look_at_failure("start", reply);
  look_at_output("start");
  return reply.ok();
}

// What it lacks here it may say by REFUSED or UNAVAILABLE.
void Session::look_at_failure(const std::string& function, const Reply& reply) {
  if (!reply.threw && reply.status == CINNABAR_FAILED)
    find_fault(function + " fails, with CINNABAR_FAILED: " + quoted_text(reply.json), function,
               "throw an Error that says what is missing; CINNABAR_FAILED means a bug");
}

void Session::close() {
  if (!instance_) return;
  Reply reply;
  teller_.at("drain");
  caught(reply, [&] { table_->drain(instance_); });
  if (reply.threw)
    find_fault("an exception left drain: " + quoted_text(reply.thrown), "drain", "catch it");
  reply.threw = false;
  teller_.at("destroy");
  recorder_.stage = Stage::destroyed;
  caught(reply, [&] { table_->destroy(instance_); });
  if (reply.threw)
    find_fault("an exception left destroy: " + quoted_text(reply.thrown), "destroy", "catch it");
  instance_ = nullptr;
}

const void* Session::find(std::string_view interface) const {
  const Bounded id(interface);
  const void* found = nullptr;
  Reply reply;
  caught(reply, [&] { found = table_->interface_by_id(instance_, id.bytes()); });
  if (reply.threw)
    teller_.find("an exception left interface_by_id: " + quoted_text(reply.thrown),
                 "interface_by_id", "catch all at the boundary and answer null");
  return found;
}

Reply Session::ask(const Sample& sample, const Setting& setting, std::uint64_t seed) const {
  Reply reply;
  const auto* service = static_cast<const cinnabar_service*>(find(sample.interface));
  if (!service) {
    reply.status = CINNABAR_UNSUPPORTED;
    return reply;
  }
  const Bounded json(sample.json), method(sample.method), owner(setting.owner),
      config(setting.config);
  if (setting.rewrite) {
    setting.rewrite(json.text(), sample.json.size());
    setting.rewrite(owner.text(), setting.owner.size());
  }
  const cinnabar_call call{sizeof call,
                           owner.bytes(),
                           config.bytes(),
                           bytes_of("req_check"),
                           bytes_of("zh"),
                           setting.deadline_ms,
                           setting.cancelled ? &is_cancelled : nullptr,
                           setting.cancelled};
  const cinnabar_message message{sizeof message, json.bytes(), nullptr, 0};
  Sink sink(reply, setting.failing_write);
  Recorder::reseed(seed);
  caught(reply, [&] {
    reply.status = service->invoke(service->self, &call, method.bytes(), &message, sink.raw());
  });
  return reply;
}

Reply Session::call(const Sample& sample, const Setting& setting, std::uint64_t seed) {
  teller_.at(sample.method + " " + shortened_text(sample.json, kQuotedMax));
  const Reply reply = ask(sample, setting, seed);
  look_at(sample, setting, reply);
  return reply;
}

void Session::find_fault(const std::string& what, const std::string& where,
                         const std::string& fix) {
  if (found_.insert(what).second) teller_.find(what, where, fix);
}

void Session::look_at(const Sample& sample, const Setting& setting, const Reply& reply) {
  const std::string where = sample.method + " " + shortened_text(sample.json, 2 * kQuotedMax);
  if (setting.failing_write == 0) {
    look_at_document(sample, reply);
  } else if (reply.writes >= setting.failing_write) {
    if (reply.ok())
      find_fault(sample.method + " answered CINNABAR_OK although its reply could not be written",
                 where, "look at what the reply's functions return");
  }
  look_at_output(where, sample.secrets);
}

void Session::look_at_document(const Sample& sample, const Reply& reply) {
  const std::string where = sample.method + " " + shortened_text(sample.json, 2 * kQuotedMax);
  const std::string answer = "the answer of " + sample.method;
  if (reply.threw) {
    find_fault("an exception left " + sample.method + ": " + quoted_text(reply.thrown), where,
               "catch all at the boundary and answer CINNABAR_FAILED");
    return;
  }
  if (reply.status < 0 || reply.status > CINNABAR_UNSUPPORTED)
    find_fault(sample.method + " returned " + status_name(reply.status), where,
               "return one of abi.h");
  if (!is_utf8(reply.json)) {
    find_fault(answer + " is not UTF-8: " + quoted_text(reply.json), where,
               "cut texts between characters, and refuse what is not UTF-8");
    return;
  }
  if (reply.json.empty() && !reply.ok()) return;
  if (reply.json.empty() && sample.interface.empty()) return;
  Json document;
  try {
    document = from_json<Json>(reply.json);
  } catch (const Error&) {
    find_fault(answer + " is not one JSON document: " + quoted_text(reply.json) + " with " +
                   status_name(reply.status),
               where, "write the document when it is complete, or the error instead of it");
    return;
  }
  const auto told = [&](const std::string& part, std::string_view text, bool shown) {
    std::string secret = secret_in(text, sample.secrets, shown);
    if (secret.empty()) secret = secret_in(text, configured);
    if (!secret.empty())
      find_fault(part + " of " + sample.method + " tells " + secret, where,
                 "leave it out; errors and evidence are shown and logged");
  };
  if (!reply.ok()) {
    if (!reply.spans.empty())
      find_fault("the error of " + sample.method + " comes with half an answer: " +
                     std::to_string(reply.spans.size()) + " spans",
                 where, "write spans when the answer is complete, and none with an error");
    if (document["code"].text().empty())
      find_fault("the error of " + sample.method + " has no code: " + quoted_text(reply.json),
                 where, R"(answer {"code": "area.reason", "params": {...}})");
    told("the error", reply.json, false);
    return;
  }
  for (const std::string& member : sample.shown)
    told("the member " + member, to_json(document[member]), true);
}

void Session::look_at_output(const std::string& where, std::vector<Secret> secrets) {
  secrets.insert(secrets.end(), configured.begin(), configured.end());
  const std::vector<std::string> lines = recorder_.take_log();
  if (const std::string secret = secret_over(lines, secrets); !secret.empty())
    find_fault("the log tells " + secret + " in parts, line by line", where, "leave it out");
  for (const std::string& line : lines) {
    if (!is_utf8(line))
      find_fault("a line of the log is not UTF-8: " + quoted_text(line), where,
                 "cut texts between characters");
    if (const std::string secret = secret_in(line, secrets); !secret.empty())
      find_fault("the log tells " + secret + ": " + quoted_text(line), where, "leave it out");
  }
  std::fflush(nullptr);
  const off_t end = lseek(STDOUT_FILENO, 0, SEEK_CUR);
  const off_t other = lseek(STDERR_FILENO, 0, SEEK_CUR);
  const off_t size = std::max(end, other);
  if (size <= printed_) return;
  std::string text(static_cast<std::size_t>(std::min<off_t>(size - printed_, 1 << 20)), '\0');
  const ssize_t got = pread(STDOUT_FILENO, text.data(), text.size(), printed_);
  text.resize(static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
  printed_ = size;
  if (const std::string secret = secret_in(text, secrets); !secret.empty())
    find_fault("standard output or error tells " + secret + ": " + quoted_text(text), where,
               "leave it out");
  else if (subject_.manifest.run.empty())  // a program's are lines of the server's log
    find_fault("writes to standard output or error: " + quoted_text(text), where,
               "use the host's log");
}

}  // namespace cinnabar::authoring
