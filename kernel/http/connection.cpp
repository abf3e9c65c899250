#include "kernel/http/http_connection.hpp"

#include <cinnabar/bytes.hpp>

#include <ctime>
#include <random>

namespace cinnabar::kernel {
namespace {

class PlainConnection final : public HttpConnection<Socket> {
 public:
  using HttpConnection::HttpConnection;

  void start() override {
    boost::system::error_code ignored;
    stream().set_option(net::ip::tcp::no_delay(true), ignored);
    next_request();
  }

 private:
  bool is_tls() const override { return false; }
  void send_now(std::string_view text) override {
    boost::system::error_code ignored;
    stream().non_blocking(true, ignored);
    stream().send(net::buffer(text), 0, ignored);
  }
};

}  // namespace

IoThread::IoThread(ServerShared& server) : shared(server) {
  std::random_device random;
  const std::uint32_t words[2] = {random(), random()};
  id_prefix_ = "req_" + to_hex({reinterpret_cast<const char*>(words), 6});
}

std::string_view IoThread::date() {
  const std::int64_t now = std::time(nullptr);
  if (now != date_second_) {
    date_second_ = now;
    date_ = http_date(now);
  }
  return date_;
}

std::string IoThread::new_request_id() { return id_prefix_ + std::to_string(++id_count_); }

void IoThread::start_ticking() {
  timer_.expires_after(std::chrono::milliseconds(TimerWheel::kTickMs));
  timer_.async_wait([this](const boost::system::error_code& ec) {
    if (!ec) tick();
  });
}

void IoThread::stop_ticking() {
  net::post(context, [this] {
    stopped_ = true;
    timer_.cancel();
  });
}

void IoThread::tick() {
  if (stopped_) return;
  wheel.tick();
  start_ticking();
}

HttpResponse default_refusal(const Error& error) {
  HttpResponse response;
  response.status = 400;
  for (const auto& [name, value] : error.params())
    if (name == "status") response.status = std::atoi(value.c_str());
  response.headers.emplace_back("Content-Type", "text/plain");
  response.body = error.code() + "\n";
  return response;
}

bool well_formed_request_id(std::string_view id) {
  constexpr std::size_t kSizeMin = 8, kSizeMax = 64;  // long enough to tell apart, short in logs
  if (id.size() < kSizeMin || id.size() > kSizeMax) return false;
  for (const char c : id) {
    const bool good = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '_' || c == '-' || c == '.';
    if (!good) return false;
  }
  return true;
}

std::shared_ptr<Connection> make_plain_connection(IoThread& io, Socket socket) {
  return std::make_shared<PlainConnection>(io, std::move(socket));
}

}  // namespace cinnabar::kernel
