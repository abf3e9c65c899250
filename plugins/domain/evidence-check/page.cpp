#include "page.hpp"

namespace cinnabar::evidence {
namespace {

std::string filled(std::string_view style, std::string_view script, std::string_view offline) {
  std::string out(kCheckHtml);
  const auto put = [&](std::string_view mark, std::string_view text) {
    out.replace(out.find(mark), mark.size(), text);
  };
  put("<!--style-->", style);
  put("<!--script-->", script);
  put("<!--offline-->", offline);
  return out;
}

}  // namespace

std::string check_page() {
  return filled("<link rel=\"stylesheet\" href=\"/evidence/check.css\">",
                "<script src=\"/evidence/check.js\"></script>",
                "<a href=\"/evidence/check.html\">下载本页以离线使用 · Keep this page for offline "
                "use</a><br>");
}

std::string offline_page() {
  // Nothing is ever loaded or sent: the policy holds wherever the file is opened.
  return filled("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                "style-src 'unsafe-inline'; script-src 'unsafe-inline'\">\n<style>" +
                    std::string(kCheckStyle) + "</style>",
                "<script>" + std::string(kCheckScript) + "</script>", "");
}

}  // namespace cinnabar::evidence
