// The `cinnabar verify` command and POST /api/v1/verifications: a signed PDF in, a report out.
#include "report_text.hpp"
#include "trust_store.hpp"

#include <cinnabar/domain_plugin.hpp>
#include <cinnabar/plugin.hpp>
#include <cinnabar/services/command.hpp>
#include <cinnabar/services/document_verifier.hpp>
#include <cinnabar/services/trust.hpp>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>

namespace cinnabar {
namespace {

// Larger than any contract we would make; a bound on what one command holds in memory.
constexpr std::uintmax_t kFileSizeMax = 500'000'000;
// Of an upload: who has no account may not fill the staging area.
constexpr std::int64_t kUploadSizeMax = 100'000'000;
// Of an upload that is held in memory instead, while there is room: most contracts.
constexpr std::int64_t kUploadBodyMax = 16 << 20;

struct VerifyConfig {
  std::vector<std::string> signer_trust;
  std::vector<std::string> timestamp_trust;
};
CINNABAR_DESCRIBE(VerifyConfig,
                  (signer_trust, doc("PEM files, folders of them, or \"system\"")),
                  (timestamp_trust, doc("The same for timestamp authorities")))

struct Arguments {
  std::vector<std::string> files;
  bool json = false;
  Language language = Language::english;
};

Arguments read_arguments(const std::vector<std::string>& given) {
  Arguments out;
  for (std::size_t i = 0; i < given.size(); ++i) {
    if (given[i] == "--json") {
      out.json = true;
    } else if (given[i] == "--lang" && i + 1 < given.size() &&
               (given[i + 1] == "zh" || given[i + 1] == "en")) {
      out.language = given[++i] == "zh" ? Language::chinese : Language::english;
    } else if (given[i].starts_with("--")) {
      throw Error("verify.usage", {{"reason", given[i] + " is not understood"}});
    } else {
      out.files.push_back(given[i]);
    }
  }
  if (out.files.empty()) throw Error("verify.usage", {{"reason", "A file is needed"}});
  return out;
}

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

class Verify final : public DomainPlugin, public Command {
 public:
  using Interfaces = Provides<Domain, Command>;

  explicit Verify(Host& host) : DomainPlugin(host) {
    const auto config = host.config<VerifyConfig>();
    signer_anchors_ = read_trust(config.signer_trust);
    timestamp_anchors_ = read_trust(config.timestamp_trust);
    route("POST", "/verifications", "verification.create", this, &Verify::verify_upload)
        .summary("Says what became of a signed PDF; nothing of it is kept", "验证已签名的 PDF，不保留文件")
        .open()
        .upload({"application/pdf", "application/octet-stream"}, kUploadSizeMax)
        .in_body_up_to(kUploadBodyMax);
  }

  CommandResult run(const CommandCall& command, const Call& call) override {
    const Arguments arguments = read_arguments(command.arguments);
    int code = 0;
    // All are there before the first is judged: half an answer would look like a whole one.
    for (const std::string& path : arguments.files)
      if (std::error_code error; !std::filesystem::exists(path, error))
        throw Error("verify.unreadable", {{"file", path}, {"reason", "there is no such file"}});
    for (const std::string& path : arguments.files) {
      const VerifyReport report = judge(request_for(Bytes(read_file(path))), call);
      if (report.verdict != "not-tampered") code = 1;
      if (arguments.json)
        std::printf("%s\n", to_json(report).c_str());
      else
        std::printf("%s%s", arguments.files.size() > 1 ? (path + "\n").c_str() : "",
                    report_text(report, arguments.language).c_str());
    }
    return {code};
  }

 private:
  Answer<VerifyReport> verify_upload(const Request& request) {
    const HttpCall& http = request.http;
    VerifyRequest question =
        request_for(http.upload.empty() ? http.body : Bytes(host().blob_read(http.upload)));
    trust_own_authority(question, request.call);
    Answer<VerifyReport> answer;
    answer.body = judge(question, request.call);
    return answer;
  }

  VerifyRequest request_for(const Bytes& content) const {
    VerifyRequest request;
    request.document = content;
    for (const Bytes& one : signer_anchors_)
      request.signer_anchors.push_back(Bytes::borrowed(one.view()));
    for (const Bytes& one : timestamp_anchors_)
      request.timestamp_anchors.push_back(Bytes::borrowed(one.view()));
    return request;
  }

  // Our own authority vouches for our own signers and timestamps; an installation may have none.
  void trust_own_authority(VerifyRequest& request, const Call& call) const {
    try {
      AuthorityInfo info = host().service<CertificateAuthority>(call).info({});
      if (info.chain.empty()) return;
      request.signer_anchors.emplace_back(info.chain.back().text());
      request.timestamp_anchors.emplace_back(info.chain.back().text());
      for (const Bytes& one : info.chain) request.certificates.emplace_back(one.text());
    } catch (const Error& error) {
      host().log(Level::warning, "verification without the own authority: " + error.code());
    }
  }

  // A file that even the isolated reader refuses or cannot survive is damaged, not an error of
  // ours; a reader that could not work at all says nothing of the file.
  VerifyReport judge(const VerifyRequest& request, const Call& call) const {
    try {
      return host().service<DocumentVerifier>(call).verify(request);
    } catch (const Error& error) {
      if (!blames_document(error.code())) throw;
      VerifyReport report;
      report.verdict = "damaged";
      report.problems = {error.code()};
      return report;
    }
  }

  std::vector<Bytes> signer_anchors_;
  std::vector<Bytes> timestamp_anchors_;
};

}  // namespace
}  // namespace cinnabar

CINNABAR_PLUGIN(cinnabar::Verify)
