// XmlReader: the XML of office documents, piece by piece. There is no document type declaration,
// hence no entity but the five and numbered characters; depth, attributes and the size of one
// token are limited. Elements of foreign namespaces are seen as "~", so that their content is
// never taken for a table's.
//
// Source: XML 1.0 (5th edition), Namespaces in XML, ISO/IEC 29500-1 (strict and transitional).
// Owned by one reading; one thread.
#pragma once

#include <cinnabar/error.hpp>

#include <exception>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace cinnabar::xlsx {

// The attributes of one element; valid during the call that gets them.
class Attributes {
 public:
  explicit Attributes(const char* const* raw) : raw_(raw) {}
  // Of no namespace; empty when it is absent.
  std::string_view get(std::string_view name) const;
  // The attribute `id` of the namespace of relationships.
  std::string_view relationship() const;

 private:
  const char* const* raw_;
};

// What is told of a part. `path` names the element from the root: "/worksheet/sheetData/row".
class XmlHandler {
 public:
  virtual ~XmlHandler() = default;
  virtual void begin(std::string_view /*path*/, const Attributes&) {}
  virtual void text(std::string_view /*path*/, std::string_view /*piece*/) {}
  virtual void end(std::string_view /*path*/) {}
};

class XmlReader {
 public:
  explicit XmlReader(XmlHandler& handler);
  ~XmlReader();
  XmlReader(const XmlReader&) = delete;
  XmlReader& operator=(const XmlReader&) = delete;

  // Throws what the handler throws, "spreadsheet.damaged", "spreadsheet.unsafe".
  void feed(std::string_view piece);
  void finish();

 private:
  struct Callbacks;
  void parse(std::string_view piece, bool last);

  XmlHandler& handler_;
  void* parser_;  // expat's
  std::string path_;
  std::vector<std::size_t> ends_;  // of the path, for each open element
  std::exception_ptr fault_;       // thrown within the parser, which no exception may cross
  std::size_t namespaces_ = 0;  // declared so far
  std::size_t fed_ = 0;
  std::size_t progress_ = 0;  // how much was fed when something was last told
};

}  // namespace cinnabar::xlsx
