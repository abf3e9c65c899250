// Package: the parts of an office document by their names and relationships. Borrows the file;
// owned by one reading, one thread.
//
// Source: ISO/IEC 29500-2 (packages), relationships only as far as a table needs them.
#pragma once

#include "xml_reader.hpp"
#include "zip_directory.hpp"

#include <map>

namespace cinnabar::xlsx {

struct Relationship {
  std::string type;    // its last word: "worksheet", "sharedStrings"
  std::string target;  // the part's name in the package
};

class Package {
 public:
  // Throws as read_directory() does.
  explicit Package(std::string_view file);

  bool has(const std::string& part) const { return members_.count(part) > 0; }
  // Reads a part as XML. Throws "spreadsheet.damaged" when it is not there, and as the reader does.
  void read(const std::string& part, XmlHandler& handler);
  // The relationships of a part, by id; empty name: of the package. Those that lead out of the
  // package are left out: nothing is ever fetched.
  std::map<std::string, Relationship> relationships(const std::string& part);

 private:
  std::map<std::string, Member> members_;
  std::uint64_t unpacked_ = 0;
};

}  // namespace cinnabar::xlsx
