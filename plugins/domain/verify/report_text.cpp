#include "report_text.hpp"

namespace cinnabar {

namespace {

class Writer {
 public:
  Writer(const VerifyReport& report, Language language) : report_(report), language_(language) {}

  std::string run() {
    out_ = report_.verdict + ": " + words(report_.verdict) + "\n";
    for (const std::string& problem : report_.problems) line("  ", problem);
    for (const SignatureReport& signature : report_.signatures) write(signature);
    return std::move(out_);
  }

 private:
  // The words of a code; what stands behind a ":" says where.
  std::string words(const std::string& problem) const {
    const std::string code = problem.substr(0, problem.find(':'));
    for (const CodeText& text : report_.texts)
      if (text.code == code) return language_ == Language::chinese ? text.zh : text.en;
    return problem;
  }

  void line(const std::string& indent, const std::string& problem) {
    out_ += indent + problem + ": " + words(problem) + "\n";
  }

  void write(const SignatureReport& signature) {
    const bool chinese = language_ == Language::chinese;
    out_ += (chinese ? "签名 " : "Signature ") + signature.field + " (" + signature.level + "): " +
            signature.signer + " / " + signature.issuer;
    const char* state[] = {", NOT intact", ", intact", "，无效", "，完整"};
    out_ += state[2 * (chinese ? 1 : 0) + (signature.intact ? 1 : 0)];
    if (!signature.claimed_time.empty()) out_ += ", " + signature.claimed_time;
    if (!signature.timestamp.empty())
      out_ += (chinese ? "，时间戳 " : ", timestamped ") + signature.timestamp;
    out_ += "\n";
    for (const std::string& problem : signature.problems) line("  ", problem);
    for (const std::string& code : {signature.trust.code, signature.revocation.code,
                                    signature.time.code, signature.algorithm.code})
      out_ += "  - " + words(code) + "\n";
    for (const ChangeReport& change : signature.changes)
      if (change.allowed)
        out_ += "  + " + words(change.code) + (change.field.empty() ? "" : " " + change.field) +
                "\n";
  }

  const VerifyReport& report_;
  Language language_;
  std::string out_;
};

}  // namespace

std::string report_text(const VerifyReport& report, Language language) {
  return Writer(report, language).run();
}

}  // namespace cinnabar
