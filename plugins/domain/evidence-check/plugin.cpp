// `cinnabar evidence check FILE`, offline; and the page that checks a bundle in a browser.
#include "check.hpp"
#include "input.hpp"
#include "page.hpp"

#include <cinnabar/domain_plugin.hpp>
#include <cinnabar/services/command.hpp>

#include <cstdio>
#include <cstdlib>

namespace cinnabar::evidence {
namespace {

struct Arguments {
  std::string path;
  bool json = false;
  bool chinese = false;
  CheckOptions options;
};

bool chinese_by_environment() {
  for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"})
    if (const char* value = std::getenv(name); value && *value)
      return std::string_view(value).starts_with("zh");
  return false;
}

Error usage(std::string reason) { return Error("evidence.usage", {{"reason", std::move(reason)}}); }

Arguments parse(const std::vector<std::string>& words) {
  if (words.empty() || words[0] != "check") throw usage("It must be told what to do: check");
  Arguments out;
  out.chinese = chinese_by_environment();
  for (std::size_t i = 1; i < words.size(); ++i) {
    const auto value = [&]() -> const std::string& {
      if (i + 1 == words.size()) throw usage(words[i] + " needs a value");
      return words[++i];
    };
    if (words[i] == "--json") {
      out.json = true;
    } else if (words[i] == "--lang") {
      const std::string& lang = value();
      if (lang != "en" && lang != "zh") throw usage("--lang is en or zh");
      out.chinese = lang == "zh";
    } else if (words[i] == "--trust") {
      for (std::string& root : read_roots(value())) out.options.anchors.push_back(std::move(root));
    } else if (words[i] == "--log-key") {
      out.options.log_key = log::parse_verifier_key(value());
      if (!out.options.log_key) throw usage("--log-key is not a verifier key");
    } else if (words[i].starts_with("--") || !out.path.empty()) {
      throw usage(words[i] + " is not understood");
    } else {
      out.path = words[i];
    }
  }
  if (out.path.empty()) throw usage("A file is needed");
  return out;
}

void print(const CheckReport& report, bool chinese) {
  const bool right = report.verdict == "right";
  std::printf("%s\n", right ? (chinese ? "证据有效" : "The evidence is right")
                            : (chinese ? "证据无效" : "The evidence is WRONG"));
  for (const Finding& finding : report.findings)
    std::printf("  %s %-12s %s%s%s\n", !finding.ok ? "✗" : finding.judged ? "✓" : "·",
                finding.step.c_str(), chinese ? finding.zh.c_str() : finding.en.c_str(),
                finding.ok ? "" : "  ", finding.ok ? "" : ("[" + finding.code + "]").c_str());
}

}  // namespace

class EvidenceCheck final : public DomainPlugin, public Command {
 public:
  using Interfaces = Provides<Domain, Command>;

  explicit EvidenceCheck(Host& host) : DomainPlugin(host) {
    using Self = EvidenceCheck;
    route("GET", "/evidence/check", "evidence.page", this, &Self::page).open().site();
    route("GET", "/evidence/check.js", "evidence.script", this, &Self::script).open().site();
    route("GET", "/evidence/check.css", "evidence.style", this, &Self::style).open().site();
    route("GET", "/evidence/check.html", "evidence.offline", this, &Self::offline).open().site();
  }

  CommandResult run(const CommandCall& command, const Call& call) override {
    const Arguments arguments = parse(command.arguments);
    const MappedFile file(arguments.path);
    const CheckReport report =
        check_bundle(file.bytes(), arguments.options,
                     [&](const VerifyRequest& request) { return judge(request, call); });
    if (arguments.json)
      std::printf("%s\n", to_json(report).c_str());
    else
      print(report, arguments.chinese);
    return {report.verdict == "right" ? 0 : 1};
  }

 private:
  // A document that even the isolated reader refuses or does not survive is damaged; a reader that
  // could not work at all says nothing of the document.
  VerifyReport judge(const VerifyRequest& request, const Call& call) {
    try {
      return host().service<DocumentVerifier>(call).verify(request);
    } catch (const Error& error) {
      const std::string& code = error.code();
      if (!code.starts_with("document.") && code != "worker.crashed" && code != "worker.timeout" &&
          code != "worker.memory")
        throw;
      VerifyReport report;
      report.verdict = "damaged";
      report.problems = {code};
      return report;
    }
  }

  static FileAnswer text(std::string type, std::string content) {
    FileAnswer answer;
    answer.content_type = std::move(type);
    answer.content = std::move(content);
    return answer;
  }
  FileAnswer page(const Request&) { return text("text/html; charset=utf-8", check_page()); }
  FileAnswer script(const Request&) {
    return text("text/javascript; charset=utf-8", std::string(kCheckScript));
  }
  FileAnswer style(const Request&) {
    return text("text/css; charset=utf-8", std::string(kCheckStyle));
  }
  // To be kept: everything in one file, which then needs no server.
  FileAnswer offline(const Request&) {
    FileAnswer answer = text("text/html; charset=utf-8", offline_page());
    answer.filename = "evidence-check.html";
    return answer;
  }
};

}  // namespace cinnabar::evidence

CINNABAR_PLUGIN(cinnabar::evidence::EvidenceCheck)
