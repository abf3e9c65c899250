// ContentStore: what the API needs of the blobs: a place for uploads, and reading what is served.
// Any thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace cinnabar::kernel {

class ContentStore {
 public:
  virtual ~ContentStore() = default;
  // A path that an upload may be written to.
  virtual std::string stage() = 0;
  // The staged file is whole: its content can be read under the id "sha256:<hex>" from now on.
  // Whatever happens, settle() follows.
  virtual std::string offer(const std::string& path, const std::string& sha256) = 0;
  // Makes these durable, so that rows may name them.
  virtual void publish(const std::vector<std::string>& ids) = 0;
  // The request is over: of what it brought, all is removed that no row names.
  virtual void settle(const std::vector<std::string>& ids) = 0;

  virtual std::int64_t size(const std::string& id) = 0;  // throws "blob.not_found"
  virtual std::string read(const std::string& id, std::int64_t offset, std::int64_t size) = 0;
};

}  // namespace cinnabar::kernel
