// The `cinnabar demo` command: plays the main job, or serves with demonstration data.
#include "play.hpp"
#include "server_process.hpp"

#include <cinnabar/plugin.hpp>
#include <cinnabar/services/command.hpp>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include <unistd.h>

namespace cinnabar {
namespace {

constexpr const char* kHelp = R"(cinnabar demo - the main job, played over HTTP

  cinnabar demo [--pdf FILE] [--out DIR] [--server URL] [--auth-method NAME]
      Draws up a contract over FILE (a sample contract without it), fills, seals and signs it, and
      writes contract.pdf, evidence.zip, evidence.json and timeline.txt to DIR (default: demo-out).
      Plays on the server at URL, or on one of its own in a fresh folder. The person signs by the
      auth method NAME, which must deliver a code to them (default: code).

  cinnabar demo --serve [--port N] [--data DIR] [--address A]
      Starts a server with demonstration data and prints its address and accounts.
)";

struct Options {
  std::string pdf;
  std::string out = "demo-out";
  std::string server;
  std::string port = "8080";
  std::string data = "cinnabar-data";
  std::string address = "127.0.0.1";
  std::string auth_method = kUsualMethod;
  bool serve = false;
  bool help = false;
};

Options parse(const std::vector<std::string>& arguments) {
  Options options;
  const std::vector<std::pair<std::string, std::string*>> texts = {
      {"--pdf", &options.pdf},   {"--out", &options.out},   {"--server", &options.server},
      {"--port", &options.port}, {"--data", &options.data}, {"--address", &options.address},
      {"--auth-method", &options.auth_method}};
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& argument = arguments[i];
    if (argument == "--serve" || argument == "--help" || argument == "-h") {
      (argument == "--serve" ? options.serve : options.help) = true;
      continue;
    }
    const auto found = std::find_if(texts.begin(), texts.end(),
                                    [&](const auto& text) { return text.first == argument; });
    if (found == texts.end()) throw Error("demo.usage", {{"reason", argument + " is no option"}});
    if (++i == arguments.size())
      throw Error("demo.usage", {{"reason", argument + " needs a value"}});
    *found->second = arguments[i];
  }
  return options;
}

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream content;
  content << file.rdbuf();
  if (!file) throw Error("demo.usage", {{"reason", "The file " + path + " could not be read"}});
  return content.str();
}

// A fresh folder for a server of our own, removed afterwards.
class FreshFolder {
 public:
  FreshFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "cinnabar-demo-XXXXXX").string();
    if (!mkdtemp(name.data())) throw Error("demo.server", {{"reason", "no temporary folder"}});
    path_ = name;
  }
  ~FreshFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  FreshFolder(const FreshFolder&) = delete;
  FreshFolder& operator=(const FreshFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

// Neither command needs the server, or anything but the file.
std::string how_to_check(const std::string& out) {
  return "  cinnabar verify " + out + "/contract.pdf\n  cinnabar evidence check " + out +
         "/evidence.zip\n";
}

int serve(const Options& options, const CommandCall& call) {
  ServerProcess server(call.executable, {"serve", "--demo", "--address", options.address, "--port",
                                         options.port, "--data", options.data});
  const auto note = std::filesystem::path(options.data) / "demo-accounts.txt";
  if (!std::filesystem::exists(note)) {
    HttpClient http(server.address());
    const Cast cast = make_cast(http);
    const auto out = std::filesystem::path(options.data) / "demo";
    play_contract(http, cast, read_file(call.plugin_folder + "/resources/sample-contract.pdf"),
                  "技术服务合同", options.auth_method, out);
    std::ofstream file(note);
    for (const DemoPerson& p : {cast.handler, cast.person})
      file << "  " << p.name << "  mobile " << p.mobile << "  password " << p.password
           << "  signing password " << p.signing_password << "\n";
    file << "  enterprise " << cast.enterprise.name << "  id " << cast.enterprise_id << "\n";
  }
  std::printf(
      "Cinnabar is running: %s\n\nDemonstration accounts\n%s\n"
      "A signed sample and its evidence:\n%s"
      "Next: open %s/docs, or sign in with curl as the README shows. Ctrl-C stops.\n",
      server.address().c_str(), read_file(note.string()).c_str(),
      how_to_check(options.data + "/demo").c_str(), server.address().c_str());
  std::fflush(stdout);
  return server.wait();
}

int play(const Options& options, const CommandCall& call) {
  const std::string pdf = read_file(
      options.pdf.empty() ? call.plugin_folder + "/resources/sample-contract.pdf" : options.pdf);
  std::optional<FreshFolder> folder;
  std::optional<ServerProcess> server;
  std::string address = options.server;
  if (address.empty()) {
    folder.emplace();
    server.emplace(call.executable, std::vector<std::string>{"serve", "--demo", "--port", "0",
                                                             "--data", folder->path().string()});
    address = server->address();
  }
  HttpClient http(address);
  const Cast cast = make_cast(http);
  const std::string name =
      options.pdf.empty() ? "技术服务合同" : std::filesystem::path(options.pdf).stem().string();
  play_contract(http, cast, pdf, name, options.auth_method, options.out);
  const char* out = options.out.c_str();
  std::printf("%s/contract.pdf\n%s/evidence.zip\n%s/evidence.json\n%s/timeline.txt\n\n%s", out, out,
              out, out, ("Check them:\n" + how_to_check(options.out)).c_str());
  return 0;
}

class Demo final : public Command {
 public:
  CommandResult run(const CommandCall& call, const Call&) override {
    const Options options = parse(call.arguments);
    if (options.help) {
      std::fputs(kHelp, stdout);
      return {0};
    }
    return {options.serve ? serve(options, call) : play(options, call)};
  }
};

}  // namespace
}  // namespace cinnabar

CINNABAR_PLUGIN(cinnabar::Demo)
