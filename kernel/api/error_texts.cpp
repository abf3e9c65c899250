// The codes of HTTP, of the API and of access: HTTP status, English, Chinese. What happened, where,
// what to do. The door's own codes stand with the plugin host.
#include "kernel/api/problem.hpp"

namespace cinnabar::kernel {
namespace {

using Table = std::map<std::string, ErrorText, std::less<>>;

const Table& http_texts() {
  static const Table kTexts{
      {"http.head_malformed",
       {400, "The head of the request is not well-formed HTTP/1.1.",
        "请求头不是格式正确的 HTTP/1.1。"}},
      {"http.version_unknown",
       {400, "This server speaks HTTP/1.1 and HTTP/1.0 only.",
        "本服务器只支持 HTTP/1.1 和 HTTP/1.0。"}},
      {"http.framing_ambiguous",
       {400,
        "Where the body ends can be read in two ways. Send one Content-Length, or "
        "Transfer-Encoding: chunked, never both.",
        "请求体的结束位置有歧义：请只发送一个 Content-Length，或只用 Transfer-Encoding: "
        "chunked。"}},
      {"http.transfer_encoding_unknown",
       {501, "The only transfer encoding understood is chunked.", "只支持 chunked 传输编码。"}},
      {"http.header_repeated",
       {400, "A header that may stand once only was sent twice.",
        "只能出现一次的请求头出现了两次。"}},
      {"http.host_missing",
       {400, "HTTP/1.1 wants a Host header.", "HTTP/1.1 请求必须带 Host 头。"}},
      {"http.host_invalid",
       {400, "The Host header is not a host name with an optional port.",
        "Host 头不是合法的主机名。"}},
      {"http.target_malformed",
       {400,
        "The address is malformed: check the percent-encoding, and that no query parameter "
        "stands twice.",
        "请求地址有误：请检查百分号编码，且同一查询参数不能出现两次。"}},
      {"http.expectation_unknown",
       {417, "The only expectation understood is 100-continue.", "只支持 Expect: 100-continue。"}},
      {"http.head_too_large", {431, "The head of the request is too large.", "请求头过大。"}},
      {"http.body_too_large",
       {413, "The body is larger than the {max} bytes that are taken here.",
        "请求体超过了此处允许的 {max} 字节。"}},
      {"http.body_malformed",
       {400, "The chunked body is not well-formed.", "分块请求体格式有误。"}},
      {"http.request_too_slow",
       {408, "The request did not arrive in time.", "请求未在限时内到达。"}},
      {"http.too_busy",
       {503, "The server has more to do than it can. Try again in a moment.",
        "服务器繁忙，请稍后再试。"}},
      {"http.failed",
       {500, "Something went wrong here. Please report the request id.",
        "系统内部错误，请提供 request_id 以便查找原因。"}},
  };
  return kTexts;
}

const Table& request_texts() {
  static const Table kTexts{
      {"request.no_route",
       {404, "There is nothing at {path}. See /docs for what there is.",
        "地址 {path} 不存在，可用的接口见 /docs。"}},
      {"request.method_not_allowed",
       {405, "{path} takes {allowed}, not {method}.", "{path} 支持 {allowed}，不支持 {method}。"}},
      {"request.invalid",
       {400, "The request is not as described: {reason}.", "请求内容不符合要求：{reason}。"}},
      {"request.type_unsupported",
       {415, "Content of type {given} is not taken here; send {wanted} with that Content-Type.",
        "此处不接受 {given} 类型的内容，请以 {wanted} 作为 Content-Type 发送。"}},
      {"request.body_unexpected",
       {400, "This address takes no body. Leave it out.", "此地址不接受请求体，请去掉。"}},
      {"request.upload_empty",
       {422, "The upload is empty. Send the file's content as the body.",
        "上传内容为空，请把文件内容作为请求体发送。"}},
      {"request.query_unknown",
       {400,
        "The query parameter {name} is not known here; known are: "
        "{known}.",
        "此处没有查询参数 {name}，可用的有：{known}。"}},
      {"request.query_missing",
       {400, "The query parameter {name} is required.", "缺少查询参数 {name}。"}},
      {"request.limited",
       {429, "Too many requests. Try again in {seconds} seconds.",
        "请求过于频繁，请在 {seconds} 秒后重试。"}},
      {"idempotency.key_invalid",
       {400, "An Idempotency-Key is 1 to 128 visible ASCII characters.",
        "Idempotency-Key 须为 1 至 128 个可见 ASCII 字符。"}},
      {"idempotency.key_required",
       {400, "This address wants an Idempotency-Key header.",
        "此接口要求 Idempotency-Key 请求头。"}},
      {"idempotency.key_reused",
       {422, "This Idempotency-Key was used for another request. Take a new one.",
        "该 Idempotency-Key 已用于另一个请求，请换一个新的。"}},
      {"idempotency.in_progress",
       {409, "A request with this Idempotency-Key is being carried out. Ask again in a moment.",
        "使用该 Idempotency-Key 的请求正在处理，请稍后再试。"}},
      {"conflict",
       {409,
        "Somebody else changed the same thing at the same time. Read it again and "
        "repeat the change.",
        "同一内容刚被他人修改，请重新读取后再试。"}},
      {"deadline",
       {504, "It took too long and was broken off. Nothing was changed.",
        "处理超时，已中止，未作任何更改。"}},
      {"unavailable",
       {503, "Something that this needs is not there right now. Try again later.",
        "所需的服务暂不可用，请稍后再试。"}},
      {"internal",
       {500, "Something went wrong here. Please report the request id.",
        "系统内部错误，请提供 request_id 以便查找原因。"}},
  };
  return kTexts;
}

const Table& access_texts() {
  static const Table kTexts{
      {"auth.session_missing",
       {401,
        "Sign in first (POST /api/v1/sessions) and send the token as "
        "\"Authorization: Bearer <token>\".",
        "请先登录（POST /api/v1/sessions），并以 \"Authorization: Bearer "
        "<token>\" 发送令牌。"}},
      {"auth.session_invalid",
       {401, "The session is not valid any more. Sign in again.",
        "登录状态无效或已过期，请重新登录。"}},
      {"auth.not_member",
       {403, "You are not a member of the enterprise {enterprise}.",
        "您不是企业 {enterprise} 的成员。"}},
      {"auth.role_missing",
       {403, "This takes one of these roles on {object}: {roles}.",
        "此操作需要在 {object} 上具有以下角色之一：{roles}。"}},
      {"auth.operator_only",
       {403, "Only operators of this installation may do this.",
        "仅本系统的运维人员可执行此操作。"}},
      {"object.not_found",
       {404, "There is no {object}, or it is not open to you.", "{object} 不存在，或未对您开放。"}},
      {"plugin.disabled", {404, "This is switched off here.", "此功能未开启。"}},
      {"clock.fixed", {403, "The clock moves in demonstrations only.", "仅演示模式可调整时钟。"}},
      {"blob.not_found", {404, "The content is not there.", "内容不存在。"}},
  };
  return kTexts;
}

}  // namespace

const ErrorText* kernel_error_text(std::string_view code) {
  for (const Table* table : {&request_texts(), &access_texts(), &http_texts()}) {
    const auto found = table->find(code);
    if (found != table->end()) return &found->second;
  }
  return nullptr;
}

}  // namespace cinnabar::kernel
