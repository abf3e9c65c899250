// @title@: the command `cinnabar @name@ FILE...`: says the SHA-256 of files, as contracts, evidence
// and stored content name them. Runs in a process of its own, without a server. One thread.
#pragma once

#include <cinnabar/bytes.hpp>
#include <cinnabar/digest_state.hpp>
#include <cinnabar/services/command.hpp>

#include <cstdio>
#include <fstream>

namespace @ident@_plugin {

inline constexpr const char* kHelp = R"(cinnabar @name@ FILE... [--json]
  Says the SHA-256 digest of each file, as contracts, evidence and stored content name it.
)";

class @Class@ final : public cinnabar::Command {
 public:
  // Where the answer goes; tests read it from a file of their own.
  explicit @Class@(std::FILE* out = stdout) : out_(out) {}

  cinnabar::CommandResult run(const cinnabar::CommandCall& in, const cinnabar::Call&) override {
    std::vector<std::string> files;
    bool json = false;
    for (const std::string& argument : in.arguments) {
      if (argument == "--help" || argument == "-h") return print(kHelp);
      if (argument == "--json")
        json = true;
      else if (argument.starts_with("-"))
        throw usage(argument + " is no option");
      else
        files.push_back(argument);
    }
    if (files.empty()) throw usage("name a file");
    cinnabar::Json digests = cinnabar::Json::object();
    std::string lines;
    for (const std::string& file : files) {
      const std::string digest = cinnabar::to_hex(cinnabar::sha256(content_of(file)));
      digests.set(file, digest);
      lines += digest + "  " + file + "\n";
    }
    return print(json ? cinnabar::to_json(digests) + "\n" : lines);
  }

 private:
  static cinnabar::Error usage(std::string reason) {
    return cinnabar::Error("@ident@.usage", {{"reason", std::move(reason)}});
  }
  static std::string content_of(const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    std::string content{std::istreambuf_iterator<char>(in), {}};
    if (!in) throw cinnabar::Error("@ident@.file", {{"file", file}});
    return content;
  }
  cinnabar::CommandResult print(const std::string& text) const {
    std::fputs(text.c_str(), out_);
    return {std::fflush(out_) == 0 ? 0 : 1};
  }

  std::FILE* out_;
};

}  // namespace @ident@_plugin
