// TestMariadb: a MariaDB server of a test's own, on the loopback interface, with data in a
// temporary folder and a free port; it ends with the test, however that ends. Needs Debian's
// mariadb-server; runs as whoever runs the test. For tests; one thread but where said.
#pragma once

#include <cinnabar/testing/folder.hpp>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include <pwd.h>

#include <atomic>
#include <chrono>
#include <cstring>
#include <thread>
#include <vector>

namespace cinnabar::testing {

class TestMariadb {
 public:
  // options: more arguments of the server.
  explicit TestMariadb(std::vector<std::string> options = {}) : options_(std::move(options)) {
    const int made = wait_for(
        run({"mariadb-install-db", "--no-defaults", "--user=" + user(), "--datadir=" + data(),
             "--skip-test-db", "--auth-root-authentication-method=normal"}));
    if (made != 0) throw std::runtime_error("mariadb-install-db failed: " + log_text());
    start();
  }
  ~TestMariadb() { kill(); }
  TestMariadb(const TestMariadb&) = delete;
  TestMariadb& operator=(const TestMariadb&) = delete;

  // One for all tests of a process, started when it is first asked for.
  static TestMariadb& shared() {
    static TestMariadb server;
    return server;
  }

  std::string socket() const { return (folder_.path / "s").string(); }
  int port() const { return port_; }

  // The name of a new, empty database; user root, without a password. Any thread.
  std::string make_database() {
    static std::atomic<int> made{0};
    const std::string name = "test_" + std::to_string(++made);
    sql("CREATE DATABASE " + name);
    return name;
  }
  // Runs statements as root. Any thread.
  void sql(const std::string& statements) const {
    if (wait_for(run({"mariadb", "--no-defaults", "-uroot", "-S", socket(), "-e", statements})))
      throw std::runtime_error("failed: " + statements + ": " + log_text());
  }

  // As a crash does it; the data stays, and start() brings it back at the same port.
  void kill() {
    if (process_ <= 0) return;
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
    process_ = 0;
  }
  void start() {
    if (port_ == 0) port_ = free_port();
    std::vector<std::string> arguments{"mariadbd",
                                       "--no-defaults",
                                       "--user=" + user(),
                                       "--datadir=" + data(),
                                       "--socket=" + socket(),
                                       "--pid-file=" + (folder_.path / "pid").string(),
                                       "--bind-address=127.0.0.1",
                                       "--port=" + std::to_string(port_),
                                       "--skip-name-resolve",
                                       "--innodb-buffer-pool-size=64M",
                                       "--innodb-log-file-size=16M"};
    arguments.insert(arguments.end(), options_.begin(), options_.end());
    process_ = run(arguments);
    while (!answers()) {
      if (::waitpid(process_, nullptr, WNOHANG) != 0) {
        process_ = 0;
        throw std::runtime_error("mariadbd ended: " + log_text());
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
  }

 private:
  static std::string user() {
    const passwd* entry = ::getpwuid(::getuid());
    return entry ? entry->pw_name : "root";
  }
  std::string data() const { return (folder_.path / "data").string(); }
  std::string log_text() const {
    std::ifstream file(folder_.path / "log");
    return {std::istreambuf_iterator<char>(file), {}};
  }

  // Starts a program that ends with this process, whatever it says going to the log.
  pid_t run(const std::vector<std::string>& arguments) const {
    std::vector<char*> raw;
    for (const std::string& argument : arguments)
      raw.push_back(const_cast<char*>(argument.c_str()));
    raw.push_back(nullptr);
    const std::string log = (folder_.path / "log").string();
    const pid_t process = ::fork();
    if (process != 0) return process;
    const int out = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    ::dup2(::open("/dev/null", O_RDONLY), 0);
    ::dup2(out, 1);
    ::dup2(out, 2);
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::setenv("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", 1);
    ::execvp(raw[0], raw.data());
    ::_exit(127);
  }
  static int wait_for(pid_t process) {
    int status = -1;
    ::waitpid(process, &status, 0);
    return status;
  }

  bool answers() const {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, socket().c_str(), sizeof address.sun_path - 1);
    const int file = ::socket(AF_UNIX, SOCK_STREAM, 0);
    const bool ok = ::connect(file, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
    ::close(file);
    return ok;
  }
  static int free_port() {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    const int file = ::socket(AF_INET, SOCK_STREAM, 0);
    ::bind(file, reinterpret_cast<sockaddr*>(&address), size);
    ::getsockname(file, reinterpret_cast<sockaddr*>(&address), &size);
    ::close(file);
    return ntohs(address.sin_port);
  }

  const TestFolder folder_;
  const std::vector<std::string> options_;
  int port_ = 0;
  pid_t process_ = 0;
};

}  // namespace cinnabar::testing
