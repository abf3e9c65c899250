// The `cinnabar verify` command: a signed PDF in, a verdict out.
#include <cinnabar/plugin.hpp>
#include <cinnabar/services/command.hpp>
#include <cinnabar/services/document_verifier.hpp>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>

namespace cinnabar {
namespace {

// Larger than any contract we would make; a bound on what one command holds in memory.
constexpr std::uintmax_t kFileSizeMax = 500'000'000;

std::string read_file(const std::string& path) {
  std::error_code error;
  const std::uintmax_t size = std::filesystem::file_size(path, error);
  const auto refuse = [&](const std::string& reason) {
    throw Error("verify.unreadable", {{"file", path}, {"reason", reason}});
  };
  if (error) refuse(error.message());
  if (size > kFileSizeMax) refuse("it is larger than " + std::to_string(kFileSizeMax) + " bytes");
  std::string content(size, '\0');
  std::ifstream file(path, std::ios::binary);
  if (!file.read(content.data(), static_cast<std::streamsize>(size)) && size > 0)
    refuse(std::strerror(errno));
  return content;
}

bool blames_document(const std::string& code) {
  return code.starts_with("document.") || code == "worker.crashed" || code == "worker.timeout" ||
         code == "worker.memory";
}

void print_report(const VerifyReport& report) {
  std::printf("%s\n", report.verdict.c_str());
  for (const std::string& problem : report.problems) std::printf("  %s\n", problem.c_str());
  for (const SignatureReport& signature : report.signatures) {
    std::printf("%s: %s%s%s%s\n", signature.field.c_str(), signature.signer.c_str(),
                signature.intact ? ", intact" : ", NOT intact",
                signature.timestamp.empty() ? "" : ", timestamped ", signature.timestamp.c_str());
    for (const std::string& problem : signature.problems) std::printf("  %s\n", problem.c_str());
  }
}

class Verify final : public Command {
 public:
  explicit Verify(Host& host) : host_(host) {}

  CommandResult run(const CommandCall& command, const Call& call) override {
    std::string path;
    bool json = false;
    for (const std::string& argument : command.arguments) {
      if (argument == "--json")
        json = true;
      else if (argument.starts_with("--") || !path.empty())
        throw Error("verify.usage", {{"reason", argument + " is not understood"}});
      else
        path = argument;
    }
    if (path.empty()) throw Error("verify.usage", {{"reason", "A file is needed"}});
    const VerifyReport report = judge(read_file(path), call);
    if (json)
      std::printf("%s\n", to_json(report).c_str());
    else
      print_report(report);
    return {report.verdict == "not-tampered" ? 0 : 1};
  }

 private:
  // A file that even the isolated reader refuses or cannot survive is damaged, not an error of
  // ours; a reader that could not work at all says nothing of the file.
  VerifyReport judge(const std::string& content, const Call& call) const {
    VerifyRequest request;
    request.document = Bytes::borrowed(content);
    try {
      return host_.service<DocumentVerifier>(call).verify(request);
    } catch (const Error& error) {
      if (!blames_document(error.code())) throw;
      VerifyReport report;
      report.verdict = "damaged";
      report.problems = {error.code()};
      return report;
    }
  }

  Host& host_;
};

}  // namespace
}  // namespace cinnabar

CINNABAR_PLUGIN(cinnabar::Verify)
