// `cinnabar plugin run`: a throw-away server with this plugin. It is the demonstration's server,
// started as a process of its own, with folders that go when it ends.
#include "commands.hpp"
#include "run/stage.hpp"

#include <csignal>
#include <cstdio>
#include <fstream>

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace cinnabar::authoring {
namespace {

namespace fs = std::filesystem;

constexpr const char* kHelp = R"(cinnabar plugin run FOLDER [--port N]
    Serves with demonstration data and just this plugin beside those of the installation, and says
    where to go. Everything it writes goes away when it ends: Ctrl-C. Without --port it takes a
    free one.
)";

// With this line the demonstration says where it serves.
constexpr std::string_view kRunning = "Cinnabar is running: ";

struct Arguments {
  std::string folder, port = "0";
  bool help = false;
};

Error usage(std::string reason) {
  return Error("authoring.usage", {{"reason", std::move(reason)}});
}

Arguments parse(const std::vector<std::string>& given) {
  Arguments out;
  for (std::size_t i = 0; i < given.size(); ++i) {
    if (given[i] == "--port") {
      if (++i == given.size()) throw usage("--port needs a value");
      out.port = given[i];
    } else if (given[i] == "--help" || given[i] == "-h") {
      out.help = true;
    } else if (given[i].starts_with("-") || !out.folder.empty()) {
      throw usage(given[i] + " is not understood");
    } else {
      out.folder = given[i];
    }
  }
  return out;
}

// A process whose output is read here. Asked to stop when this ends before it.
struct Child {
  pid_t pid = -1;
  int output = -1;
};

Child start(const std::vector<std::string>& command) {
  int ends[2];
  if (pipe(ends) != 0) throw failure("no pipe can be made");
  std::vector<char*> argv;
  for (const std::string& word : command) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  const pid_t pid = fork();
  if (pid < 0) throw failure("no process can be made");
  if (pid == 0) {
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    dup2(ends[1], STDOUT_FILENO);
    close(ends[0]);
    close(ends[1]);
    execv(argv[0], argv.data());
    _exit(127);
  }
  close(ends[1]);
  return {pid, ends[0]};
}

pid_t child_to_stop = -1;

// What ends this ends the server, too; then the folders are removed.
void pass_on(int) {
  if (child_to_stop > 0) kill(child_to_stop, SIGTERM);
}

std::string address_in(const std::string& text) {
  const std::size_t at = text.find(kRunning);
  const std::size_t end = at == std::string::npos ? at : text.find('\n', at);
  if (end == std::string::npos) return {};
  return text.substr(at + kRunning.size(), end - at - kRunning.size());
}

// Shows what it says, and after the first message what the author can try.
void follow(const Child& child, const Json& manifest, const fs::path& data) {
  std::string text;
  bool told = false;
  char part[4096];
  for (ssize_t size; (size = read(child.output, part, sizeof part)) != 0;) {
    if (size < 0) {
      if (errno == EINTR) continue;
      break;
    }
    std::fwrite(part, 1, static_cast<std::size_t>(size), stdout);
    text.append(part, static_cast<std::size_t>(size));
    if (const std::string address = address_in(text); !told && !address.empty()) {
      std::ifstream in(data / "demo-accounts.txt");
      const std::string accounts{std::istreambuf_iterator<char>(in), {}};
      std::fputs(first_requests(manifest, address, accounts).c_str(), stdout);
      told = true;
    }
    std::fflush(stdout);
  }
  close(child.output);
}

}  // namespace

int plugin_run(const CommandCall& command) {
  const Arguments arguments = parse(command.arguments);
  if (arguments.help) {
    std::fputs(kHelp, stdout);
    return 0;
  }
  if (arguments.folder.empty()) throw usage("A plugin's folder is needed");
  const fs::path built = built_folder(arguments.folder);
  const ThrowAwayFolder folder;
  const Json manifest = stage_plugin(built, folder.path() / "plugins");
  const fs::path data = folder.path() / "data";
  setenv("CINNABAR_PLUGINS_FOLDERS", (folder.path() / "plugins").c_str(), 1);
  setenv("CINNABAR_PLUGINS_ALLOW_DEV", "true", 1);
  struct sigaction action {};
  action.sa_handler = pass_on;
  for (const int signal : {SIGINT, SIGTERM}) sigaction(signal, &action, nullptr);
  const Child child = start({command.executable, "demo", "--serve", "--port", arguments.port,
                             "--data", data.string()});
  child_to_stop = child.pid;
  follow(child, manifest, data);
  int status = 0;
  while (waitpid(child.pid, &status, 0) < 0 && errno == EINTR) {
  }
  // Stopped on purpose is no failure.
  if (WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM) return 0;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

}  // namespace cinnabar::authoring
