#include "check/program.hpp"

#include <cinnabar/process/program.hpp>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <list>
#include <mutex>

namespace cinnabar::authoring {
namespace {

// As the platform waits.
constexpr std::int64_t kGreetMs = 10'000;

const Manifest* program_manifest = nullptr;  // of the one plugin that this process checks

// What is to be executed: a file of the folder, else what the system finds under that name.
std::string executable_of(const Manifest& manifest) {
  const std::filesystem::path first = manifest.run.at(0);
  std::error_code none;
  if (first.is_relative() && std::filesystem::is_regular_file(manifest.folder / first, none))
    return std::filesystem::absolute(manifest.folder / first).string();
  if (first.is_absolute()) return first.string();
  for (const char* folder : {"/usr/bin/", "/bin/", "/usr/local/bin/"})
    if (access((folder + first.string()).c_str(), X_OK) == 0) return folder + first.string();
  return {};
}

// One life of the program, begun anew when it is of no more use.
class ProgramInstance {
 public:
  explicit ProgramInstance(const cinnabar_host* host) : host_(host) {
    for (const Provided& provided : program_manifest->provides) {
      Carrier& carrier = carriers_.emplace_back(Carrier{this, provided.interface, {}});
      carrier.table = {sizeof(cinnabar_service), &carrier,
                       [](void* self, const cinnabar_call* call, cinnabar_bytes method,
                          const cinnabar_message* request, const cinnabar_reply* reply) {
                         auto& to = *static_cast<Carrier*>(self);
                         return to.owner->invoke(to.interface, *call, method, *request, *reply);
                       }};
    }
    if (program_manifest->scope == Scope::installation) {
      detail::TextSink config;
      host_->config(host_->self, &config.raw);
      config_ = config.text;
    }
    begin();
  }
  ~ProgramInstance() { end(); }
  ProgramInstance(const ProgramInstance&) = delete;
  ProgramInstance& operator=(const ProgramInstance&) = delete;

  const void* find(std::string_view id) const {
    for (const Carrier& carrier : carriers_)
      if (carrier.interface == id) return &carrier.table;
    return nullptr;
  }

 private:
  struct Carrier {
    ProgramInstance* owner;
    std::string interface;
    cinnabar_service table;
  };

  void begin() {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) throw failure("no socket");
    const std::string program = executable_of(*program_manifest);
    std::vector<char*> arguments;
    for (const std::string& word : program_manifest->run)
      arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    process_ = fork();
    if (process_ < 0) throw failure("no process");
    if (process_ == 0) {
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      if (ends[1] == process::kSocket)
        fcntl(process::kSocket, F_SETFD, 0);
      else
        dup2(ends[1], process::kSocket);
      close_range(process::kSocket + 1, ~0U, 0);
      if (chdir(program_manifest->folder.c_str()) == 0) execv(program.c_str(), arguments.data());
      _exit(127);
    }
    ::close(ends[1]);
    socket_ = ends[0];
    program_ = std::make_unique<process::Program>(socket_, host_);
    std::vector<std::string> interfaces;
    for (const Carrier& carrier : carriers_) interfaces.push_back(carrier.interface);
    useful([&] {
      program_->greet({program_manifest->id, program_manifest->version, config_, interfaces},
                      process::steady_ms() + kGreetMs);
    });
  }

  void end() {
    program_.reset();
    if (socket_ >= 0) ::close(socket_);
    if (process_ > 0) {
      kill(process_, SIGKILL);
      waitpid(process_, nullptr, 0);
    }
    socket_ = process_ = -1;
  }

  // What leaves this is a finding: the platform would answer for the program.
  template <class Work>
  void useful(const Work& work) {
    try {
      work();
    } catch (const process::Broken& broken) {
      end();
      throw std::runtime_error(std::string("the program is of no more use: ") + broken.what());
    }
  }

  cinnabar_status invoke(const std::string& interface, const cinnabar_call& call,
                         cinnabar_bytes method, const cinnabar_message& request,
                         const cinnabar_reply& reply) {
    const std::lock_guard lock(mutex_);
    if (!program_) begin();
    cinnabar_status status = CINNABAR_FAILED;
    useful([&] { status = program_->invoke(interface, call, view(method), request, reply); });
    if (status == CINNABAR_FAILED) end();  // it is not used again
    return status;
  }

  const cinnabar_host* host_;
  std::list<Carrier> carriers_;
  std::string config_;
  std::mutex mutex_;
  int process_ = -1;
  int socket_ = -1;
  std::unique_ptr<process::Program> program_;
};

}  // namespace

CheckStep check_program(const Manifest& manifest) {
  CheckStep step{"program", {}, {}};
  const std::string program = executable_of(manifest);
  if (program.empty() || access(program.c_str(), X_OK) != 0)
    step.findings.push_back({"its program " + manifest.run[0] + " cannot be executed",
                             "plugin.json /run/0",
                             "name a file of its folder that can be executed, or an interpreter "
                             "that is installed in /usr/bin"});
  step.detail = "left out for a program, which the platform confines and ends: load, deadlines, "
                "leaks, threads, and memory that outlives a call";
  return step;
}

const cinnabar_plugin* program_table(const Manifest& manifest) {
  program_manifest = &manifest;
  static const cinnabar_plugin kTable{
      sizeof(cinnabar_plugin), CINNABAR_ABI_MAJOR, CINNABAR_ABI_MINOR, "", "", "",
      [](const cinnabar_host* host, const cinnabar_reply* error, void** instance) {
        try {
          *instance = new ProgramInstance(host);
          return static_cast<cinnabar_status>(CINNABAR_OK);
        } catch (const Error& refused) {
          const std::string document = error_document(refused);
          error->json(error->self, bytes_of(document));
          return refused.status();
        }
      },
      [](void*, const cinnabar_reply*) { return static_cast<cinnabar_status>(CINNABAR_OK); },
      [](void*) {},
      [](void* instance) { delete static_cast<ProgramInstance*>(instance); },
      [](void* instance, cinnabar_bytes id) {
        return static_cast<const ProgramInstance*>(instance)->find(view(id));
      }};
  return &kTable;
}

}  // namespace cinnabar::authoring
