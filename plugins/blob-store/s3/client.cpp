#include "client.hpp"

#include "xml.hpp"

#include <cinnabar/text.hpp>

#include <algorithm>
#include <charconv>
#include <optional>
#include <random>
#include <thread>

namespace cinnabar::s3 {

namespace {

using std::chrono::milliseconds;

// Below 1 MB a second a transfer is not worth waiting for: 1,000 bytes a millisecond.
constexpr std::uint64_t kSlowestBytesPerMs = 1'000;
// The longest pause, so that a store that is back is used again soon.
constexpr std::int64_t kPauseMaxMs = 5'000;
// A request that failed so often in its time would not succeed with one more.
constexpr int kAttemptsMax = 10;
// An error's document may come instead of the few bytes that were asked for.
constexpr std::size_t kErrorSizeMax = 64 * 1024;
// Of an endpoint's own words in our errors.
constexpr std::size_t kWordsMax = 200;

std::string words_of(const Answer& answer) {
  const std::string code = xml_text(answer.body, "Code");
  std::string words = "HTTP status " + std::to_string(answer.status);
  if (!code.empty()) words += ", " + code + ": " + xml_text(answer.body, "Message");
  return shortened_text(words, kWordsMax);
}

Error unreachable(const Settings& settings, const std::string& reason) {
  return Error("s3.unreachable", {{"endpoint", settings.origin}, {"reason", reason}}, {},
               CINNABAR_UNAVAILABLE);
}

// Between half and all of a time that doubles, so that many who were refused do not come back
// together; at least what the endpoint asks for.
milliseconds pause_after(int attempt, const Settings& settings, const std::string& retry_after) {
  thread_local std::minstd_rand random{std::random_device{}()};
  const std::int64_t most =
      std::min<std::int64_t>(kPauseMaxMs, std::int64_t{settings.pause_ms} << std::min(attempt, 16));
  std::int64_t pause = std::uniform_int_distribution<std::int64_t>(most / 2, most)(random);
  std::int64_t seconds = 0;
  std::from_chars(retry_after.data(), retry_after.data() + retry_after.size(), seconds);
  if (seconds > 0 && seconds < 3'600) pause = std::max(pause, seconds * 1'000);
  return milliseconds(pause);
}

}  // namespace

bool passes(long status, std::string_view code) {
  if (status >= 500 && status != 501) return true;
  if (status == 408 || status == 429) return true;
  for (const std::string_view passing :
       {"RequestTimeout", "SlowDown", "InternalError", "ServiceUnavailable", "OperationAborted",
        "BadDigest", "IncompleteBody", "XAmzContentSHA256Mismatch"})
    if (code == passing) return true;
  return false;
}

Error error_of(const Answer& answer, const Settings& settings) {
  const std::string code = xml_text(answer.body, "Code");
  if (passes(answer.status, code)) return unreachable(settings, words_of(answer));
  const auto lasting = [&](const char* error) {
    return Error(error, {{"bucket", settings.bucket}, {"reason", words_of(answer)}}, {},
                 CINNABAR_UNAVAILABLE);
  };
  if (answer.status == 401 || answer.status == 403) return lasting("s3.denied");
  if (code == "NoSuchBucket") return lasting("s3.bucket_missing");
  return lasting("s3.refused");
}

Client::Client(Settings settings, NowMs now_ms)
    : settings_(std::move(settings)), now_ms_(std::move(now_ms)), connections_(settings_) {}

Deadline Client::deadline(std::uint64_t bytes) const {
  return std::chrono::steady_clock::now() +
         milliseconds(settings_.call_timeout_ms +
                      static_cast<std::int64_t>(bytes / kSlowestBytesPerMs));
}

Answer Client::send_once(const Request& request, Deadline deadline) {
  // A path names the bucket without a slash at its end, unless the bucket is the host.
  std::string path = settings_.base;
  if (!request.key.empty())
    path += settings_.prefix + request.key;
  else if (path.size() > 1)
    path.pop_back();
  Signable signable{request.method,         path,
                    request.query,          request.headers,
                    request.payload_sha256, basic_time(now_ms_())};
  if (signable.payload_sha256.empty()) signable.payload_sha256 = sha256_hex("");
  signable.headers.emplace_back("host", settings_.host);
  signable.headers.emplace_back("x-amz-date", signable.time);
  signable.headers.emplace_back("x-amz-content-sha256", signable.payload_sha256);

  Exchange exchange;
  exchange.method = request.method;
  exchange.url = settings_.origin + uri_encoded(path, Slash::kept);
  if (!request.query.empty()) exchange.url += "?" + canonical_query(request.query);
  for (const auto& [name, value] : signable.headers)
    exchange.headers.push_back(name + ": " + value);
  exchange.headers.push_back("authorization: " + authorization(signable, settings_.credentials));
  exchange.payload = request.payload;
  exchange.body_max = std::max(request.body_max, kErrorSizeMax);
  return connections_.exchange(exchange, deadline);
}

Answer Client::send(const Request& request, Deadline deadline) {
  for (int attempt = 0;; ++attempt) {
    std::string retry_after;
    std::optional<Error> problem;
    try {
      Answer answer = send_once(request, deadline);
      const bool taken = std::find(request.taken.begin(), request.taken.end(), answer.status) !=
                         request.taken.end();
      // A bucket that is not there is never the answer to a question about what is in it.
      if ((answer.status >= 200 && answer.status < 300) ||
          (taken && xml_text(answer.body, "Code") != "NoSuchBucket"))
        return answer;
      problem = error_of(answer, settings_);
      retry_after = answer.header("retry-after");
    } catch (const Untrusted& untrusted) {
      throw Error("s3.untrusted", {{"endpoint", settings_.origin}, {"reason", untrusted.what()}},
                  {}, CINNABAR_UNAVAILABLE);
    } catch (const Broken& broken) {
      problem = unreachable(settings_, broken.what());
    }
    if (problem->code() != "s3.unreachable" || attempt + 1 == kAttemptsMax) throw *problem;
    const milliseconds pause = pause_after(attempt, settings_, retry_after);
    if (std::chrono::steady_clock::now() + pause >= deadline) throw *problem;
    std::this_thread::sleep_for(pause);
  }
}

}  // namespace cinnabar::s3
