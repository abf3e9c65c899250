// Files: uploaded PDF documents, inspected before they are kept. Any thread.
#pragma once

#include "office.hpp"

namespace cinnabar::contract {

struct FileView {
  std::string id;
  std::string name;
  std::string sha256;
  std::int64_t size = 0;
  std::string pdf_version;
  std::vector<PageSize> pages;
  Time created;
};
CINNABAR_DESCRIBE(FileView, id, name, (sha256, doc("Hex, of the content.")),
                  (size, doc("Bytes.")), pdf_version,
                  (pages, items(0, 10'000), doc("Sizes as displayed, 1/1000 point.")), created)

class Files {
 public:
  explicit Files(Office& office) : office_(office) {}

  Answer<FileView> upload(const Request& request);
  Answer<FileView> view(const Request& request);

 private:
  Office& office_;
};

}  // namespace cinnabar::contract
