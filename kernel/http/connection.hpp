// What the connections of a server share, and how one is made. Inside the HTTP area only.
//
// A connection lives on one I/O thread: everything about it happens there, but for the handlers,
// which run on workers while the connection waits for them. It ends through close(), on its thread.
#pragma once

#include "kernel/http/server.hpp"
#include "kernel/http/worker_pool.hpp"

#include <cinnabar/timer_wheel.hpp>

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <condition_variable>
#include <mutex>

namespace boost::asio::ssl {
class context;
}

namespace cinnabar::kernel {

namespace net = boost::asio;
// A concrete executor: the type-erased default costs a virtual call at every step.
using Socket = net::basic_stream_socket<net::ip::tcp, net::io_context::executor_type>;

struct ServerShared {
  HttpSettings settings;
  HttpHandlers handlers;
  std::unique_ptr<WorkerPool> pool;
  std::atomic<bool> stopping{false};

  std::mutex mutex;
  std::condition_variable ended;
  int connections = 0;  // under the mutex
};

// One I/O thread: its context, its deadlines, and what is made once a second rather than once a
// response.
struct IoThread {
  explicit IoThread(ServerShared& server);

  ServerShared& shared;
  TimerWheel wheel;
  net::io_context context{1};  // after the wheel: it takes the last connections with it

  std::string_view date();  // for the Date header
  std::string new_request_id();
  void start_ticking();
  void stop_ticking();  // from any thread

 private:
  void tick();

  net::steady_timer timer_{context};
  bool stopped_ = false;
  std::int64_t date_second_ = 0;
  std::string date_;
  std::string id_prefix_;
  std::uint64_t id_count_ = 0;
};

class Connection : public TimerEntry, public std::enable_shared_from_this<Connection> {
 public:
  virtual void start() = 0;
  virtual void close() = 0;
  virtual void close_if_idle() = 0;  // at a stop
};

std::shared_ptr<Connection> make_plain_connection(IoThread& io, Socket socket);
std::shared_ptr<Connection> make_tls_connection(IoThread& io, Socket socket,
                                                net::ssl::context& context);

}  // namespace cinnabar::kernel
