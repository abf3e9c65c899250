#include "upload.hpp"

#include "xml.hpp"

#include <cinnabar/bytes.hpp>

#include <algorithm>

namespace cinnabar::s3 {

namespace {

// S3's own limit.
constexpr std::uint64_t kPartsMax = 10'000;
// To clear away what was uploaded in vain gets this long, for the failure is to be told soon.
constexpr std::chrono::seconds kAbortTime{5};

Pairs with_md5(Pairs headers, const Digests::Result& digests) {
  if (!digests.md5.empty()) headers.emplace_back("content-md5", to_base64(digests.md5));
  return headers;
}

Pairs object_headers(const std::string& sha256) {
  return {{"content-type", "application/octet-stream"}, {"x-amz-meta-sha256", sha256}};
}

// Whether the ETag is the MD5 of what was sent. It need not be: an endpoint that encrypts at rest
// makes another.
bool etag_is_md5(const Answer& answer, const Digests::Result& digests) {
  std::string etag = answer.header("etag");
  std::erase(etag, '"');
  return !digests.md5.empty() && etag == to_hex(digests.md5);
}

// Whether the object is there, of that size, with that digest noted on it.
bool kept(Client& client, const std::string& sha256, std::uint64_t size, Deadline deadline) {
  const Answer answer = client.send({"HEAD", sha256, {}, {}, nullptr, {}, 0, {404}}, deadline);
  return answer.status == 200 && answer.header("content-length") == std::to_string(size) &&
         answer.header("x-amz-meta-sha256") == sha256;
}

void check_kept(Client& client, const std::string& sha256, std::uint64_t size, Deadline deadline) {
  if (!kept(client, sha256, size, deadline))
    throw Error("s3.not_kept", {{"id", sha256}}, {}, CINNABAR_FAILED);
}

// One upload in parts, from its opening to its end.
class PartsUpload {
 public:
  PartsUpload(Client& client, const std::string& sha256, Deadline deadline)
      : client_(client), sha256_(sha256), deadline_(deadline) {
    const Payload nothing("");
    const Answer answer = client.send(
        {"POST", sha256, {{"uploads", ""}}, object_headers(sha256), &nothing, {}}, deadline);
    id_ = xml_text(answer.body, "UploadId");
    if (id_.empty()) throw error_of(answer, client.settings());
  }

  void add(const Payload& part) {
    const Digests::Result digests = part.digests();
    const std::string number = std::to_string(++count_);
    const Answer answer = client_.send({"PUT",
                                        sha256_,
                                        {{"partNumber", number}, {"uploadId", id_}},
                                        with_md5({}, digests),
                                        &part,
                                        digests.sha256},
                                       deadline_);
    parts_ += "<Part><PartNumber>" + number + "</PartNumber><ETag>" +
              xml_escaped(answer.header("etag")) + "</ETag></Part>";
  }

  // An endpoint that takes long to join the parts answers 200 first, and the failure after that.
  // If the answer was lost, the upload is not known any more when it is asked again; either way
  // the look at the object decides.
  void complete() {
    const std::string text = "<CompleteMultipartUpload>" + parts_ + "</CompleteMultipartUpload>";
    const Payload list(text);
    for (int attempt = 0;; ++attempt) {
      const Answer answer = client_.send(
          {"POST", sha256_, {{"uploadId", id_}}, {}, &list, sha256_hex(text), 256 * 1024, {404}},
          deadline_);
      const std::string code = xml_text(answer.body, "Code");
      if (code.empty() || answer.status == 404) return;
      if (attempt == 2 || !passes(answer.status, code)) throw error_of(answer, client_.settings());
    }
  }

  void abort() noexcept {
    try {
      client_.send({"DELETE", sha256_, {{"uploadId", id_}}, {}, nullptr, {}, 64 * 1024, {404}},
                   std::chrono::steady_clock::now() + kAbortTime);
    } catch (...) {  // the bucket's rule for unfinished uploads clears it away
    }
  }

 private:
  Client& client_;
  const std::string& sha256_;
  const Deadline deadline_;
  std::string id_, parts_;
  int count_ = 0;
};

void upload_parts(Client& client, const std::string& sha256, const Payload& payload,
                  Deadline deadline) {
  // Large content that is there already is worth the question.
  if (kept(client, sha256, payload.size(), deadline)) return;
  const std::uint64_t part_size =
      std::max(client.settings().part_size, payload.size() / kPartsMax + 1);
  PartsUpload parts(client, sha256, deadline);
  try {
    for (std::uint64_t at = 0; at < payload.size(); at += part_size)
      parts.add(payload.part(at, std::min(part_size, payload.size() - at)));
    parts.complete();
    check_kept(client, sha256, payload.size(), deadline);
  } catch (...) {
    parts.abort();
    throw;
  }
}

}  // namespace

void upload(Client& client, const std::string& sha256, const Payload& payload,
            const Digests::Result& digests) {
  const Deadline deadline = client.deadline(payload.size());
  if (payload.size() > client.settings().part_size)
    return upload_parts(client, sha256, payload, deadline);
  const Answer answer = client.send(
      {"PUT", sha256, {}, with_md5(object_headers(sha256), digests), &payload, sha256}, deadline);
  if (!etag_is_md5(answer, digests)) check_kept(client, sha256, payload.size(), deadline);
}

}  // namespace cinnabar::s3
