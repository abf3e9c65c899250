#include "s3_store.hpp"

#include "upload.hpp"
#include "xml.hpp"

#include <algorithm>
#include <charconv>

namespace cinnabar::s3 {

namespace {

// Bytes that are asked for at once: each thread that reads holds as much, and whatever fits into
// one slice is checked before any of it is handed on.
constexpr std::uint64_t kSliceSize = 4 * 1024 * 1024;
// More than S3 stores as one object (50 TiB); offsets beyond it are not asked for.
constexpr std::uint64_t kObjectSizeMax = std::uint64_t{1} << 56;
// A page of a listing: 1,000 names with all that S3 says of each.
constexpr std::size_t kPageSizeMax = 4 * 1024 * 1024;

bool is_hex(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

Error not_found(std::string_view sha256) {
  return Error("blob.not_found", {{"id", std::string(sha256.substr(0, 80))}});
}

Error digest_wrong(std::string_view sha256) {
  return Error("blob.digest_wrong", {{"id", std::string(sha256)}}, {}, CINNABAR_FAILED);
}

Error corrupt(std::string_view sha256, const std::string& reason) {
  return Error("s3.corrupt", {{"id", std::string(sha256)}, {"reason", reason}}, {},
               CINNABAR_FAILED);
}

// Only digests become names of objects.
std::string digest_of(std::string_view sha256) {
  if (sha256.size() != 64 || !is_hex(sha256)) throw not_found(sha256);
  return std::string(sha256);
}

std::optional<std::uint64_t> number_of(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || fault != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// The size of the whole in "bytes 0-9/200", when the range begins where it was asked to.
std::optional<std::uint64_t> whole_of(std::string_view range, std::uint64_t offset) {
  const std::size_t dash = range.find('-'), slash = range.find('/');
  if (!range.starts_with("bytes ") || slash == std::string_view::npos || dash > slash)
    return std::nullopt;
  if (number_of(range.substr(6, dash - 6)) != offset) return std::nullopt;
  return number_of(range.substr(slash + 1));
}

}  // namespace

struct S3Store::Slice {
  std::string content;
  std::uint64_t whole;  // size of the object
};

S3Store::S3Store(Settings settings, const std::filesystem::path& staging, Client::NowMs now_ms)
    : client_(std::move(settings), std::move(now_ms)), staging_(staging) {}

void S3Store::check() {
  client_.send(
      {"GET", {}, {{"list-type", "2"}, {"max-keys", "1"}, {"prefix", client_.settings().prefix}}},
      client_.deadline());
}

void S3Store::adopt(const std::string& path, std::string_view sha256) {
  const std::string digest = digest_of(sha256);
  {
    const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    struct stat info {};
    if (file.get() < 0 || ::fstat(file.get(), &info) != 0) throw staging_error(path);
    const Payload payload(file.get(), 0, static_cast<std::uint64_t>(info.st_size));
    const Digests::Result digests = payload.digests();
    if (digests.sha256 != digest) throw digest_wrong(sha256);
    upload(client_, digest, payload, digests);
  }
  ::unlink(path.c_str());  // what stays behind is cleared away at the next start
}

void S3Store::put(std::string_view sha256, std::string_view content) {
  const std::string digest = digest_of(sha256);
  const Payload payload(content);
  const Digests::Result digests = payload.digests();
  if (digests.sha256 != digest) throw digest_wrong(sha256);
  upload(client_, digest, payload, digests);
}

std::uint64_t S3Store::size(std::string_view sha256) {
  const std::string digest = digest_of(sha256);
  const Answer answer =
      client_.send({"HEAD", digest, {}, {}, nullptr, {}, 0, {404}}, client_.deadline());
  if (answer.status == 404) throw not_found(sha256);
  const auto size = number_of(answer.header("content-length"));
  if (!size) throw corrupt(sha256, "the endpoint does not say how large it is");
  return *size;
}

// 416: the object ends before the offset, which a reader may ask for; `whole` is not told then.
S3Store::Slice S3Store::fetch(const std::string& digest, std::uint64_t offset, std::uint64_t size) {
  const std::string range =
      "bytes=" + std::to_string(offset) + "-" + std::to_string(offset + size - 1);
  Answer answer = client_.send({"GET",
                                digest,
                                {},
                                {{"range", range}},
                                nullptr,
                                {},
                                static_cast<std::size_t>(size),
                                {404, 416}},
                               client_.deadline(size));
  if (answer.status == 404) throw not_found(digest);
  if (answer.status == 416) return {{}, offset};
  // An endpoint may answer with all of it when it has no more than was asked for.
  const auto whole = answer.status == 200 && offset == 0
                         ? std::optional<std::uint64_t>(answer.body.size())
                         : whole_of(answer.header("content-range"), offset);
  if (!whole || answer.body.size() != std::min(size, *whole - std::min(*whole, offset)))
    throw corrupt(digest, "the endpoint answers with another part than was asked for");
  return {std::move(answer.body), *whole};
}

void S3Store::read(std::string_view sha256, std::uint64_t offset, std::uint64_t size,
                   const std::function<void(std::string_view)>& part) {
  const std::string digest = digest_of(sha256);
  if (size == 0 || offset >= kObjectSizeMax) {
    this->size(sha256);
    return;
  }
  const std::uint64_t end = offset + std::min(size, kObjectSizeMax - offset);
  Slice slice = fetch(digest, offset, std::min(kSliceSize, end - offset));
  const std::uint64_t whole = slice.whole, last = std::min(end, whole);
  Digests digests;
  for (std::uint64_t at = offset;;) {
    at += slice.content.size();
    digests.add(slice.content);
    if (at == last && offset == 0 && last == whole && digests.finish().sha256 != digest)
      throw corrupt(digest, "the endpoint answers with other bytes than were stored");
    if (!slice.content.empty()) part(slice.content);
    if (at >= last) return;
    slice = fetch(digest, at, std::min(kSliceSize, last - at));
    if (slice.whole != whole || slice.content.empty())
      throw corrupt(digest, "it changes while it is read");
  }
}

void S3Store::remove(std::string_view sha256) {
  client_.send({"DELETE", digest_of(sha256), {}, {}, nullptr, {}, 64 * 1024, {404}},
               client_.deadline());
}

void S3Store::list(const std::function<void(std::string_view)>& each) {
  const std::string& prefix = client_.settings().prefix;
  std::string next;
  do {
    Pairs query{{"list-type", "2"}, {"prefix", prefix}};
    if (!next.empty()) query.emplace_back("continuation-token", next);
    const Answer answer =
        client_.send({"GET", {}, query, {}, nullptr, {}, kPageSizeMax}, client_.deadline());
    if (xml_text(answer.body, "IsTruncated").empty())
      throw Error("s3.refused",
                  {{"bucket", client_.settings().bucket}, {"reason", "its answer is no listing"}},
                  {}, CINNABAR_UNAVAILABLE);
    next = xml_text(answer.body, "IsTruncated") == "true"
               ? xml_text(answer.body, "NextContinuationToken")
               : std::string();
    for (const std::string& key : xml_texts(answer.body, "Key")) {
      if (!key.starts_with(prefix)) continue;
      const std::string_view name = std::string_view(key).substr(prefix.size());
      if (name.size() == 64 && is_hex(name)) each(name);
    }
  } while (!next.empty());
}

}  // namespace cinnabar::s3
