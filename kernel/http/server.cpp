#include "kernel/http/server.hpp"

#include "kernel/http/tls.hpp"
#include "kernel/log/log.hpp"

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>

#include <thread>

namespace cinnabar::kernel {
namespace {

using Acceptor = net::basic_socket_acceptor<net::ip::tcp, net::io_context::executor_type>;
using WorkGuard = net::executor_work_guard<net::io_context::executor_type>;

// Out of descriptors: the listener rests this long before it tries again.
constexpr auto kAcceptRest = std::chrono::milliseconds(100);

}  // namespace

class HttpServer::Impl {
 public:
  Impl(HttpSettings settings, HttpHandlers handlers) {
    shared_.settings = std::move(settings);
    shared_.handlers = std::move(handlers);
  }
  ~Impl() { stop(0); }

  void start() {
    const HttpSettings& settings = shared_.settings;
    if (!settings.tls_certificate.empty()) tls_ = make_tls_context(settings);
    shared_.pool = std::make_unique<WorkerPool>(settings.worker_threads, settings.queue_max);
    for (int i = 0; i < settings.io_threads; ++i) {
      io_.push_back(std::make_unique<IoThread>(shared_));
      guards_.push_back(net::make_work_guard(io_.back()->context));
    }
    listen();
    accept();
    for (const auto& io : io_) {
      io->start_ticking();
      threads_.emplace_back([&io = *io] { run(io); });
    }
  }

  void stop(int grace_s) {
    if (shared_.stopping.exchange(true) || !shared_.pool) return;
    net::post(io_[0]->context, [this] {
      boost::system::error_code ignored;
      acceptor_->close(ignored);
      rest_->cancel();
    });
    on_every_connection([](Connection& connection) { connection.close_if_idle(); });
    {
      std::unique_lock lock(shared_.mutex);
      shared_.ended.wait_for(lock, std::chrono::seconds(grace_s),
                             [this] { return shared_.connections == 0; });
    }
    on_every_connection([](Connection& connection) { connection.close(); });
    shared_.pool->stop();
    guards_.clear();
    for (const auto& io : io_) io->stop_ticking();
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
    acceptor_.reset();
    rest_.reset();
    io_.clear();
  }

  std::uint16_t port() const { return port_; }

  HttpLoad load() {
    HttpLoad load;
    if (shared_.pool) {
      load.queued = shared_.pool->queued();
      load.working = shared_.pool->working();
    }
    const std::lock_guard lock(shared_.mutex);
    load.connections = shared_.connections;
    return load;
  }

 private:
  static void run(IoThread& io) {
    for (;;) {
      try {
        io.context.run();
        return;
      } catch (const std::exception& error) {
        // No memory, most likely: that connection is lost, its deadline ends it; the rest goes on.
        log_error("I/O thread", {{"detail", error.what()}});
      }
    }
  }

  void listen() {
    const HttpSettings& settings = shared_.settings;
    const auto check = [&](const boost::system::error_code& ec) {
      if (!ec) return;
      throw Error("http.bind_failed", {{"address", settings.address},
                                       {"port", std::to_string(settings.port)},
                                       {"reason", ec.message()}});
    };
    boost::system::error_code ec;
    const auto address = net::ip::make_address(settings.address, ec);
    check(ec);
    const net::ip::tcp::endpoint endpoint(address, settings.port);
    acceptor_.emplace(io_[0]->context);
    rest_.emplace(io_[0]->context);
    acceptor_->open(endpoint.protocol(), ec);
    check(ec);
    acceptor_->set_option(net::socket_base::reuse_address(true), ec);
    acceptor_->bind(endpoint, ec);
    check(ec);
    acceptor_->listen(net::socket_base::max_listen_connections, ec);
    check(ec);
    port_ = acceptor_->local_endpoint(ec).port();
  }

  // One listener hands the sockets to the I/O threads in turn. (A listener a thread, on a shared
  // port, would let a second server start on the same port unnoticed.)
  void accept() {
    IoThread& io = *io_[next_++ % io_.size()];
    acceptor_->async_accept(io.context,
                            [this, &io](const boost::system::error_code& ec, Socket socket) {
                              on_accept(ec, io, std::move(socket));
                            });
  }

  void on_accept(const boost::system::error_code& ec, IoThread& io, Socket socket) {
    if (shared_.stopping || ec == net::error::operation_aborted) return;
    if (ec == boost::system::errc::too_many_files_open ||
        ec == boost::system::errc::too_many_files_open_in_system ||
        ec == boost::system::errc::no_buffer_space) {
      rest_->expires_after(kAcceptRest);
      rest_->async_wait([this](const boost::system::error_code& stopped) {
        if (!stopped) accept();
      });
      return;
    }
    if (!ec && take_place()) {
      auto connection = tls_ ? make_tls_connection(io, std::move(socket), *tls_)
                             : make_plain_connection(io, std::move(socket));
      net::post(io.context, [connection = std::move(connection)] { connection->start(); });
    }
    accept();
  }

  // The connection gives its place back when it goes.
  bool take_place() {
    const std::lock_guard lock(shared_.mutex);
    if (shared_.connections >= shared_.settings.connections_max) return false;
    ++shared_.connections;
    return true;
  }

  template <class Work>
  void on_every_connection(Work work) {
    for (const auto& io : io_)
      net::post(io->context, [&io = *io, work] {
        io.wheel.each([&](TimerEntry& entry) {
          if (auto* connection = dynamic_cast<Connection*>(&entry)) work(*connection);
        });
      });
  }

  ServerShared shared_;
  std::shared_ptr<net::ssl::context> tls_;
  std::vector<std::unique_ptr<IoThread>> io_;
  std::vector<WorkGuard> guards_;
  std::vector<std::thread> threads_;
  std::optional<Acceptor> acceptor_;
  std::optional<net::steady_timer> rest_;
  std::size_t next_ = 0;
  std::uint16_t port_ = 0;
};

HttpServer::HttpServer(HttpSettings settings, HttpHandlers handlers)
    : impl_(std::make_unique<Impl>(std::move(settings), std::move(handlers))) {}
HttpServer::~HttpServer() = default;

void HttpServer::start() { impl_->start(); }
std::uint16_t HttpServer::port() const { return impl_->port(); }
HttpLoad HttpServer::load() const { return impl_->load(); }
void HttpServer::stop(int grace_s) { impl_->stop(grace_s); }

}  // namespace cinnabar::kernel
