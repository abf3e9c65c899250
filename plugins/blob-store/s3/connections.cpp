#include "connections.hpp"

#include <cinnabar/error.hpp>

#include <curl/curl.h>

#include <algorithm>

namespace cinnabar::s3 {

namespace {

// What one exchange's callbacks work on.
struct Flow {
  const Exchange& exchange;
  Answer answer;
  std::uint64_t sent = 0;
  bool too_large = false;
  bool unreadable = false;
};

std::size_t take_body(char* data, std::size_t size, std::size_t count, void* self) {
  auto& flow = *static_cast<Flow*>(self);
  if (flow.answer.body.size() + size * count > flow.exchange.body_max) {
    flow.too_large = true;
    return 0;
  }
  flow.answer.body.append(data, size * count);
  return size * count;
}

std::size_t take_header(char* data, std::size_t size, std::size_t count, void* self) {
  auto& flow = *static_cast<Flow*>(self);
  const std::string_view line(data, size * count);
  if (line.starts_with("HTTP/")) flow.answer.headers.clear();  // a 100 came before
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return line.size();
  std::string name(line.substr(0, colon));
  std::transform(name.begin(), name.end(), name.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  const std::size_t begin = line.find_first_not_of(" \t", colon + 1);
  const std::size_t end = line.find_last_not_of(" \t\r\n");
  flow.answer.headers[name] =
      begin == std::string_view::npos || end < begin ? "" : line.substr(begin, end - begin + 1);
  return line.size();
}

std::size_t give_payload(char* to, std::size_t size, std::size_t count, void* self) {
  auto& flow = *static_cast<Flow*>(self);
  std::size_t got = 0;
  if (!flow.exchange.payload->read(flow.sent, to, size * count, got)) {
    flow.unreadable = true;
    return CURL_READFUNC_ABORT;
  }
  flow.sent += got;
  return got;
}

int seek_payload(void* self, curl_off_t offset, int origin) {
  if (origin != SEEK_SET) return CURL_SEEKFUNC_CANTSEEK;
  static_cast<Flow*>(self)->sent = static_cast<std::uint64_t>(offset);
  return CURL_SEEKFUNC_OK;
}

void set_method(CURL* curl, Flow& flow) {
  const Exchange& exchange = flow.exchange;
  if (exchange.payload) {
    curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(curl, CURLOPT_INFILESIZE_LARGE,
                     static_cast<curl_off_t>(exchange.payload->size()));
    curl_easy_setopt(curl, CURLOPT_READFUNCTION, &give_payload);
    curl_easy_setopt(curl, CURLOPT_READDATA, &flow);
    curl_easy_setopt(curl, CURLOPT_SEEKFUNCTION, &seek_payload);
    curl_easy_setopt(curl, CURLOPT_SEEKDATA, &flow);
  }
  if (exchange.method == "HEAD")
    curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
  else if (exchange.method != "GET")
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, exchange.method.c_str());
}

void set_up(CURL* curl, const Settings& settings, Flow& flow, long timeout_ms) {
  curl_easy_setopt(curl, CURLOPT_URL, flow.exchange.url.c_str());
  curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(curl, CURLOPT_PROXY, "");
  curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  curl_easy_setopt(curl, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  if (!settings.ca_file.empty()) curl_easy_setopt(curl, CURLOPT_CAINFO, settings.ca_file.c_str());
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, timeout_ms);
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS,
                   std::min(timeout_ms, static_cast<long>(settings.connect_timeout_ms)));
  // Not a byte for so long: whoever is there is not worth the rest of the time.
  curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
  curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, static_cast<long>(settings.stall_timeout_s));
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &take_body);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &flow);
  curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, &take_header);
  curl_easy_setopt(curl, CURLOPT_HEADERDATA, &flow);
  set_method(curl, flow);
}

long left_ms(Deadline deadline) {
  return static_cast<long>(std::chrono::duration_cast<std::chrono::milliseconds>(
                               deadline - std::chrono::steady_clock::now())
                               .count());
}

}  // namespace

// A handle for one exchange.
class Connections::Lease {
 public:
  Lease(Connections& of, Deadline deadline) : of_(of) {
    std::unique_lock lock(of.mutex_);
    if (!of.given_back_.wait_until(lock, deadline,
                                   [&] { return of.leased_ < of.settings_.connections_max; }))
      throw Broken("all " + std::to_string(of.settings_.connections_max) + " connections are busy");
    ++of.leased_;
    if (of.idle_.empty()) return;
    curl = of.idle_.back();
    of.idle_.pop_back();
  }
  ~Lease() {
    const std::lock_guard lock(of_.mutex_);
    --of_.leased_;
    if (curl) of_.idle_.push_back(curl);
    of_.given_back_.notify_one();
  }
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;

  CURL* curl = nullptr;

 private:
  Connections& of_;
};

Connections::Connections(const Settings& settings) : settings_(settings) {
  static const CURLcode kStarted = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (kStarted != CURLE_OK) throw failure("libcurl could not be started");
}

Connections::~Connections() {
  for (void* curl : idle_) curl_easy_cleanup(curl);
}

Answer Connections::exchange(const Exchange& exchange, Deadline deadline) {
  Lease lease(*this, deadline);
  if (!lease.curl) lease.curl = curl_easy_init();
  if (!lease.curl) throw Broken("libcurl could not be started");
  const long timeout_ms = left_ms(deadline);
  if (timeout_ms <= 0) throw Broken("no time is left");

  curl_slist* list = curl_slist_append(nullptr, "Expect:");
  for (const std::string& line : exchange.headers) list = curl_slist_append(list, line.c_str());
  const std::unique_ptr<curl_slist, void (*)(curl_slist*)> headers(list, curl_slist_free_all);
  Flow flow{exchange, {}};
  char problem[CURL_ERROR_SIZE] = "";
  curl_easy_reset(lease.curl);  // keeps the connection
  set_up(lease.curl, settings_, flow, timeout_ms);
  curl_easy_setopt(lease.curl, CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(lease.curl, CURLOPT_ERRORBUFFER, problem);
  const CURLcode code = curl_easy_perform(lease.curl);
  curl_easy_setopt(lease.curl, CURLOPT_ERRORBUFFER, nullptr);
  if (flow.too_large)
    throw Broken("the answer is larger than " + std::to_string(exchange.body_max) + " bytes");
  if (flow.unreadable) throw Broken("what was to be sent cannot be read any more");
  const char* reason = *problem ? problem : curl_easy_strerror(code);
  if (code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE)
    throw Untrusted(reason);
  if (code != CURLE_OK) throw Broken(reason);
  curl_easy_getinfo(lease.curl, CURLINFO_RESPONSE_CODE, &flow.answer.status);
  return std::move(flow.answer);
}

}  // namespace cinnabar::s3
