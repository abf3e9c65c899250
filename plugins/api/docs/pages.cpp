#include "pages.hpp"

namespace cinnabar {
namespace {

std::string page(std::string_view locale, std::string_view title, std::string_view body) {
  std::string out = "<!doctype html>\n<html lang=\"";
  out.append(locale == "zh" ? "zh-CN" : "en").append("\">\n<head><meta charset=\"utf-8\">\n");
  out += "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>";
  out.append(title).append("</title>\n<link rel=\"stylesheet\" href=\"/docs/style.css\">\n");
  out.append("</head>\n").append(body).append("</html>\n");
  return out;
}

constexpr std::string_view kLandingEnglish = R"(<body class="landing"><main>
<h1>Cinnabar <span>朱砂</span></h1>
<p>This server draws up, seals and signs contracts. It speaks HTTP and JSON.</p>
<ul>
<li><a href="/docs">The API, to read and to try</a></li>
<li><a href="/openapi.json">Its description for programs (OpenAPI 3.1)</a></li>
<li><a href="/readyz">Whether it is ready</a></li>
</ul>
<p>From the command line: <code>cinnabar demo --pdf FILE --out DIR --server URL</code></p>
</main></body>
)";

constexpr std::string_view kLandingChinese = R"(<body class="landing"><main>
<h1>朱砂 <span>Cinnabar</span></h1>
<p>本服务用于起草、盖章和签署电子合同，通过 HTTP 与 JSON 提供接口。</p>
<ul>
<li><a href="/docs">接口文档与在线调试</a></li>
<li><a href="/openapi.json">供程序使用的接口描述（OpenAPI 3.1）</a></li>
<li><a href="/readyz">就绪状态</a></li>
</ul>
<p>命令行演示：<code>cinnabar demo --pdf FILE --out DIR --server URL</code></p>
</main></body>
)";

constexpr std::string_view kDocsBody = R"(<body class="docs">
<header><h1>Cinnabar API</h1>
<input id="filter" type="search" autocomplete="off">
<select id="language"><option value="en">English</option><option value="zh">中文</option></select>
<input id="token" type="password" autocomplete="off" spellcheck="false">
</header>
<main id="operations"></main>
<script src="/docs/script.js"></script></body>
)";

}  // namespace

std::string landing_page(std::string_view locale) {
  const bool chinese = locale == "zh";
  return page(locale, chinese ? "朱砂" : "Cinnabar", chinese ? kLandingChinese : kLandingEnglish);
}

std::string docs_page(std::string_view locale) { return page(locale, "Cinnabar API", kDocsBody); }

}  // namespace cinnabar
