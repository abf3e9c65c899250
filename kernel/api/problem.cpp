#include "kernel/api/problem.hpp"

#include "kernel/plugin/error_texts.hpp"

#include "kernel/http/response_text.hpp"

#include <array>

namespace cinnabar::kernel {
namespace {

constexpr int kRefusedStatus = 422;  // a refusal whose code has no text
// Such a text names paths and reasons of the server: a client is told that it is unavailable.
constexpr int kOperatorsOnly = 500;
constexpr const char* kRetryAfterS = "1";

// Members of the document that a parameter must not stand in for.
constexpr std::array<std::string_view, 8> kReserved{"type", "title",   "status",     "detail",
                                                    "code", "pointer", "request_id", "instance"};

bool reserved(std::string_view name) {
  for (const std::string_view word : kReserved)
    if (name == word) return true;
  return false;
}

// The same for every occurrence, as section 3.1.3 asks of a title.
std::string title(int status, std::string_view locale) {
  if (locale != "zh") return std::string(reason_phrase(status));
  switch (status) {
    case 400: return "请求有误";
    case 401: return "需要登录";
    case 403: return "没有权限";
    case 404: return "不存在";
    case 405: return "不支持该方法";
    case 408: return "请求超时";
    case 409: return "冲突";
    case 412: return "版本不符";
    case 413: return "内容过大";
    case 415: return "不支持的内容类型";
    case 422: return "无法处理";
    case 423: return "已锁定";
    case 428: return "缺少前提条件";
    case 429: return "请求过多";
    case 500: return "系统错误";
    case 503: return "服务暂不可用";
    case 504: return "处理超时";
    default: return "错误";
  }
}

const std::string* find(const ErrorParams& params, std::string_view name) {
  for (const auto& [key, value] : params)
    if (key == name) return &value;
  return nullptr;
}

}  // namespace

const ErrorText* Problems::text(std::string_view code) const {
  const auto own = kernel_errors().find(std::string(code));
  if (own != kernel_errors().end()) return &own->second;
  return plugin_texts_ ? plugin_texts_(code) : nullptr;
}

Error Problems::shown(const Error& error) const {
  const auto plain = [&](const char* code) { return Error(code, {}, {}, error.status()); };
  switch (error.status()) {
    case CINNABAR_REFUSED:
    case CINNABAR_UNSUPPORTED: return error;
    case CINNABAR_UNAVAILABLE: {
      const ErrorText* found = text(error.code());
      return found && found->status != kOperatorsOnly ? error : plain("unavailable");
    }
    case CINNABAR_DEADLINE: return plain("deadline");
    case CINNABAR_CONFLICT: return plain("conflict");
    default: return plain("internal");
  }
}

int Problems::status(const Error& error) const {
  switch (error.status()) {
    case CINNABAR_REFUSED:
    case CINNABAR_UNSUPPORTED: {
      const ErrorText* found = text(error.code());
      return found ? found->status : kRefusedStatus;
    }
    case CINNABAR_UNAVAILABLE: return 503;
    case CINNABAR_DEADLINE: return 504;
    case CINNABAR_CONFLICT: return 409;
    default: return 500;
  }
}

std::string Problems::detail(const Error& error, std::string_view locale) const {
  const ErrorText* found = text(error.code());
  if (!found) return {};
  return filled(locale == "zh" ? found->zh : found->en, error.params());
}

HttpResponse Problems::render(const Error& original, const ProblemContext& context) const {
  const Error error = shown(original);
  const int status = this->status(error);
  std::string code = error.code();
  std::string text = detail(error, context.locale);
  if (text.empty()) text = error.what();
  // A script's denial speaks with its own code and words.
  const std::string* hook_code = find(error.params(), "hook_code");
  const std::string* hook_text = find(error.params(), "text");
  if (code == "hook.denied" && hook_code && !hook_code->empty()) code = *hook_code;
  if (error.code() == "hook.denied" && hook_text && !hook_text->empty()) text = *hook_text;

  Json document = Json::object();
  document.set("type", "urn:cinnabar:problem:" + error.code());
  document.set("title", title(status, context.locale)).set("status", status);
  document.set("detail", text).set("code", code);
  if (!error.pointer().empty()) document.set("pointer", error.pointer());
  for (const auto& [name, value] : error.params())
    if (!reserved(name)) document.set(name, value);
  document.set("request_id", context.request_id);

  HttpResponse response;
  response.status = status;
  if (const ErrorText* found = this->text(error.code())) response.hold_ms = found->hold_ms;
  response.body = to_json(document);
  response.headers.emplace_back("Content-Type", "application/problem+json");
  response.headers.emplace_back("Content-Language", context.locale);
  if (!context.request_id.empty())
    response.headers.emplace_back("X-Request-Id", context.request_id);
  response.headers.emplace_back("Cache-Control", "no-store");
  if (status == 401) response.headers.emplace_back("WWW-Authenticate", "Bearer");
  if (status == 503) response.headers.emplace_back("Retry-After", kRetryAfterS);
  return response;
}

}  // namespace cinnabar::kernel
