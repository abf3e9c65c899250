// Services: interfaces whose calls carry a method name, a JSON document and byte spans, so that
// any call can be carried to another process unchanged.
//
// An interface is declared once, as a class of virtual methods `Result name(const Request&, const
// Call&)`, and CINNABAR_SERVICE derives from it what both sides need: the dispatcher that the
// plugin exports, and the client that callers hold. Thread-safety: as the interface says.
#pragma once

#include <cinnabar/abi.h>
#include <cinnabar/json.hpp>

#include <memory>

namespace cinnabar {

// The circumstances of a call: on whose behalf, with which configuration, until when. Borrowed.
class Call {
 public:
  explicit Call(const cinnabar_call* raw) : raw_(raw) {}

  // Id of the enterprise or person whose bindings apply; empty for the installation itself.
  std::string_view owner() const { return view(raw_->owner); }
  std::string_view trace() const { return view(raw_->trace); }
  std::string_view locale() const { return view(raw_->locale); }
  std::int64_t deadline_ms() const { return raw_->deadline_ms; }  // real clock; 0: none
  bool cancelled() const { return raw_->cancelled && raw_->cancelled(raw_->self) != 0; }
  // The callee's configuration for the owner, as the manifest's schema describes it.
  std::string_view config_json() const { return view(raw_->config); }
  template <class T>
  T config() const {
    const std::string_view text = config_json();
    return text.empty() ? T{} : from_json<T>(text);
  }
  const cinnabar_call* raw() const { return raw_; }

 private:
  const cinnabar_call* raw_;
};

// A call that belongs to no request, for work at start. Must outlive what it is passed to.
class OwnCall {
 public:
  explicit OwnCall(std::string owner = {}, std::int64_t deadline_ms = 0)
      : owner_(std::move(owner)) {
    raw_ = {sizeof raw_, bytes_of(owner_), {}, {}, {}, deadline_ms, nullptr, nullptr};
  }
  OwnCall(const OwnCall&) = delete;
  OwnCall& operator=(const OwnCall&) = delete;
  operator Call() const { return Call(&raw_); }
  Call call() const { return Call(&raw_); }

 private:
  std::string owner_;
  cinnabar_call raw_;
};

// The same call on behalf of another owner: its bindings and configuration apply, deadline and
// trace stay. Must outlive what it is passed to, and be outlived by the call that it came from.
class CallAs {
 public:
  CallAs(const Call& call, std::string owner) : owner_(std::move(owner)), raw_(*call.raw()) {
    raw_.owner = bytes_of(owner_);
  }
  CallAs(const CallAs&) = delete;
  CallAs& operator=(const CallAs&) = delete;
  Call call() const { return Call(&raw_); }

 private:
  std::string owner_;
  cinnabar_call raw_;
};

// The error document of the boundary.
struct ErrorDocument {
  std::string code;
  std::map<std::string, std::string> params;
  std::string pointer;
};
CINNABAR_DESCRIBE(ErrorDocument, code, params, pointer)

// What it says can always be read again, whatever bytes the error was made of.
inline std::string error_document(const Error& error) {
  ErrorDocument document{error.code(), {}, shortened_text(error.pointer(), kErrorTextSizeMax)};
  for (const auto& [name, value] : error.params())
    document.params[name] = shortened_text(value, kErrorTextSizeMax);
  return to_json(document);
}

// Collects a reply: the document and its spans.
class ReplyBuffer {
 public:
  ReplyBuffer() {
    raw_ = {sizeof raw_, this,
            [](void* self, cinnabar_bytes bytes) -> cinnabar_status {
              static_cast<ReplyBuffer*>(self)->json_.append(view(bytes));
              return CINNABAR_OK;
            },
            [](void* self, cinnabar_bytes bytes) -> cinnabar_status {
              static_cast<ReplyBuffer*>(self)->spans_.emplace_back(std::string(view(bytes)));
              return CINNABAR_OK;
            }};
  }
  ReplyBuffer(const ReplyBuffer&) = delete;
  ReplyBuffer& operator=(const ReplyBuffer&) = delete;

  const cinnabar_reply* raw() const { return &raw_; }
  const std::string& json() const { return json_; }
  const Spans& spans() const { return spans_; }

 private:
  cinnabar_reply raw_;
  std::string json_;
  Spans spans_;
};

// Turns a status that is not OK, and the document that came with it, into the Error that it was.
[[noreturn]] inline void throw_status(cinnabar_status status, std::string_view document) {
  ErrorDocument error;
  try {
    error = from_json<ErrorDocument>(document);
  } catch (const Error&) {
    error.code.clear();
  }
  if (error.code.empty()) {
    error.code = status == CINNABAR_UNAVAILABLE ? "unavailable"
                 : status == CINNABAR_DEADLINE  ? "deadline"
                 : status == CINNABAR_CONFLICT  ? "conflict"
                                                : "internal";
    error.params["detail"] = shortened_text(document, kErrorTextSizeMax);
  }
  throw Error(error.code, ErrorParams(error.params.begin(), error.params.end()), error.pointer,
              status);
}

// Runs a function at the boundary: what it throws becomes a status and an error document.
template <class Work>
cinnabar_status guarded(const cinnabar_reply* reply, Work work) noexcept {
  const auto answer = [&](cinnabar_status status, const Error& error) {
    try {
      const std::string document = error_document(error);
      if (reply && reply->json) reply->json(reply->self, bytes_of(document));
    } catch (...) {  // No memory for the explanation; the status still says that it failed.
    }
    return status;
  };
  try {
    work();
    return CINNABAR_OK;
  } catch (const Error& error) {
    return answer(error.status(), error);
  } catch (const std::exception& error) {
    return answer(CINNABAR_FAILED, failure(error.what()));
  } catch (...) {
    return answer(CINNABAR_FAILED, failure("an exception of an unknown type"));
  }
}

// Where calls to a service go: the host's invoke, or a service's own table in tests.
class ServiceRoute {
 public:
  virtual ~ServiceRoute() = default;
  virtual cinnabar_status invoke(std::string_view method, const cinnabar_message& request,
                                 const cinnabar_reply* reply) const = 0;
};

// What every generated client is made of: a method name and a request in, a result or an Error out.
class ClientBase {
 public:
  explicit ClientBase(std::shared_ptr<const ServiceRoute> route) : route_(std::move(route)) {}

  template <class Result, class Request>
  Result call_method(std::string_view method, const Request& request) const {
    Spans spans;
    const std::string json = to_json(request, &spans);
    std::vector<cinnabar_bytes> raw;
    for (const Bytes& span : spans) raw.push_back(bytes_of(span.view()));
    const cinnabar_message message{sizeof message, bytes_of(json), raw.data(), raw.size()};
    ReplyBuffer reply;
    const cinnabar_status status = route_->invoke(method, message, reply.raw());
    if (status != CINNABAR_OK) throw_status(status, reply.json());
    return from_json<Result>(reply.json(), Reading::lenient, &reply.spans());
  }

 private:
  std::shared_ptr<const ServiceRoute> route_;
};

template <class M>
struct MethodTraits;
template <class I, class R, class Q>
struct MethodTraits<R (I::*)(const Q&, const Call&)> {
  using Result = R;
  using Request = Q;
};

struct MethodInfo {
  std::string_view name;
  const Type& (*request)();
  const Type& (*result)();
};

namespace detail {

template <auto kMethod, class I>
void run_method(I& self, const Call& call, const cinnabar_message& message,
                const cinnabar_reply* reply) {
  using Traits = MethodTraits<decltype(kMethod)>;
  Spans spans;
  for (std::size_t i = 0; i < message.span_count; ++i)
    spans.push_back(Bytes::borrowed(view(message.spans[i])));
  const auto request = from_json<typename Traits::Request>(view(message.json), Reading::lenient,
                                                           &spans);
  const auto result = (self.*kMethod)(request, call);
  Spans out;
  const std::string json = to_json(result, &out);
  if (reply->json(reply->self, bytes_of(json)) != CINNABAR_OK)
    throw failure("the reply could not be delivered");
  for (const Bytes& span : out)
    if (reply->span(reply->self, bytes_of(span.view())) != CINNABAR_OK)
      throw failure("the reply could not be delivered");
}

template <auto kMethod>
MethodInfo method_info(std::string_view name) {
  using Traits = MethodTraits<decltype(kMethod)>;
  return {name, &type_of<typename Traits::Request>, &type_of<typename Traits::Result>};
}

}  // namespace detail

// The table a plugin exports for an implementation of interface I. Lives as long as the plugin.
template <class I>
cinnabar_service service_table(I* implementation) {
  return {sizeof(cinnabar_service), implementation,
          [](void* self, const cinnabar_call* call, cinnabar_bytes method,
             const cinnabar_message* request, const cinnabar_reply* reply) -> cinnabar_status {
            bool known = true;
            const cinnabar_status status = guarded(reply, [&] {
              known = cinnabar_dispatch(*static_cast<I*>(self), Call(call), view(method), *request,
                                        reply);
            });
            return known ? status : CINNABAR_UNSUPPORTED;
          }};
}

}  // namespace cinnabar

#define CINNABAR_CLIENT_METHOD(m)                                                          \
  ::cinnabar::MethodTraits<decltype(&Self::m)>::Result m(                                  \
      const ::cinnabar::MethodTraits<decltype(&Self::m)>::Request& request) const {        \
    return this->template call_method<::cinnabar::MethodTraits<decltype(&Self::m)>::Result>( \
        #m, request);                                                                      \
  }
#define CINNABAR_DISPATCH_METHOD(m)                                            \
  if (method == #m) {                                                          \
    ::cinnabar::detail::run_method<&Self::m>(self, call, message, reply);      \
    return true;                                                               \
  }
#define CINNABAR_METHOD_INFO(m) ::cinnabar::detail::method_info<&Self::m>(#m),

// CINNABAR_SERVICE(Interface, "cinnabar.kind/1", method, ...)
#define CINNABAR_SERVICE(I, id, ...)                                                       \
  class I##Client : public ::cinnabar::ClientBase {                                        \
    using Self = I;                                                                        \
                                                                                           \
   public:                                                                                 \
    using ::cinnabar::ClientBase::ClientBase;                                              \
    CINNABAR_EACH(CINNABAR_CLIENT_METHOD, __VA_ARGS__)                                     \
  };                                                                                       \
  I##Client cinnabar_client(const I*);                                                     \
  inline constexpr std::string_view cinnabar_interface_id(const I*) { return id; }         \
  inline const std::vector<::cinnabar::MethodInfo>& cinnabar_methods(const I*) {           \
    using Self = I;                                                                        \
    static const std::vector<::cinnabar::MethodInfo> kMethods{                             \
        CINNABAR_EACH(CINNABAR_METHOD_INFO, __VA_ARGS__)};                                 \
    return kMethods;                                                                       \
  }                                                                                        \
  inline bool cinnabar_dispatch(I& self, const ::cinnabar::Call& call,                     \
                                std::string_view method,                                   \
                                const cinnabar_message& message,                           \
                                const cinnabar_reply* reply) {                             \
    using Self = I;                                                                        \
    CINNABAR_EACH(CINNABAR_DISPATCH_METHOD, __VA_ARGS__)                                   \
    return false;                                                                          \
  }

namespace cinnabar {

template <class I>
using Client = decltype(cinnabar_client(static_cast<const I*>(nullptr)));
template <class I>
constexpr std::string_view interface_id() {
  return cinnabar_interface_id(static_cast<const I*>(nullptr));
}

}  // namespace cinnabar
