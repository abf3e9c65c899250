#include "xml_reader.hpp"

#include "fault.hpp"

#include <expat.h>

#include <algorithm>

namespace cinnabar::xlsx {
namespace {

// Between a namespace and a name; no XML document can hold it.
constexpr char kSeparator = '\x1F';
constexpr std::size_t kDepthMax = 64;       // a worksheet has some ten levels
constexpr std::size_t kAttributesMax = 64;  // the richest element of a worksheet has some thirty
// Of one part. A worksheet has some twenty, where every rule of it brings its own some thousands.
// The parser keeps them all, and makes room for each anew.
constexpr std::size_t kNamespacesMax = 10'000;
// One tag with its attributes. The parser reads an unfinished token anew with every piece, so this
// bounds its work as well.
constexpr std::size_t kTokenSizeMax = 256 << 10;

constexpr std::string_view kKnown[] = {
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
    "http://schemas.openxmlformats.org/package/2006/relationships"};
constexpr std::string_view kRelationshipIds[] = {
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships\x1Fid",
    "http://purl.oclc.org/ooxml/officeDocument/relationships\x1Fid"};

std::string_view local_name(std::string_view name) {
  const std::size_t cut = name.find(kSeparator);
  if (cut == std::string_view::npos) return "~";
  const std::string_view space = name.substr(0, cut);
  const bool known = std::find(std::begin(kKnown), std::end(kKnown), space) != std::end(kKnown);
  return known ? name.substr(cut + 1) : "~";
}

XML_Parser expat(void* parser) { return static_cast<XML_Parser>(parser); }

}  // namespace

std::string_view Attributes::get(std::string_view name) const {
  for (const char* const* at = raw_; at[0]; at += 2)
    if (name == at[0]) return at[1];
  return {};
}

std::string_view Attributes::relationship() const {
  for (const std::string_view name : kRelationshipIds)
    if (const std::string_view value = get(name); !value.empty()) return value;
  return {};
}

// What expat calls. The first fault ends the reading.
struct XmlReader::Callbacks {
  template <class Work>
  static void run(void* self, Work work) {
    auto& reader = *static_cast<XmlReader*>(self);
    if (reader.fault_) return;
    reader.progress_ = reader.fed_;
    try {
      work(reader);
    } catch (...) {
      reader.fault_ = std::current_exception();
      XML_StopParser(expat(reader.parser_), XML_FALSE);
    }
  }
  static void begin(void* self, const char* name, const char** attributes) {
    run(self, [&](XmlReader& reader) {
      if (reader.ends_.size() >= kDepthMax) throw unsafe("elements nested too deeply");
      std::size_t count = 0;
      while (attributes[count]) ++count;
      if (count / 2 > kAttributesMax) throw unsafe("an element with too many attributes");
      reader.ends_.push_back(reader.path_.size());
      reader.path_ += '/';
      reader.path_ += local_name(name);
      reader.handler_.begin(reader.path_, Attributes(attributes));
    });
  }
  static void end(void* self, const char*) {
    run(self, [](XmlReader& reader) {
      reader.handler_.end(reader.path_);
      reader.path_.resize(reader.ends_.back());
      reader.ends_.pop_back();
    });
  }
  static void text(void* self, const char* piece, int size) {
    run(self, [&](XmlReader& reader) {
      reader.handler_.text(reader.path_, {piece, static_cast<std::size_t>(size)});
    });
  }
  static void name_space(void* self, const char*, const char*) {
    run(self, [](XmlReader& reader) {
      if (++reader.namespaces_ > kNamespacesMax) throw unsafe("too many namespaces");
    });
  }
  static void doctype(void* self, const char*, const char*, const char*, int) {
    run(self, [](XmlReader&) { throw unsafe("a document type declaration"); });
  }
  static void entity(void* self, const char*, int, const char*, int, const char*, const char*,
                     const char*, const char*) {
    run(self, [](XmlReader&) { throw unsafe("an entity"); });
  }
  // Comments and processing instructions: they count as progress.
  static void other(void* self, const char*, int) {
    run(self, [](XmlReader&) {});
  }
};

XmlReader::XmlReader(XmlHandler& handler)
    : handler_(handler), parser_(XML_ParserCreateNS(nullptr, kSeparator)) {
  if (!parser_) throw failure("the XML parser cannot start");
  XML_SetUserData(expat(parser_), this);
  XML_SetElementHandler(expat(parser_), Callbacks::begin, Callbacks::end);
  XML_SetCharacterDataHandler(expat(parser_), Callbacks::text);
  XML_SetStartNamespaceDeclHandler(expat(parser_), Callbacks::name_space);
  XML_SetStartDoctypeDeclHandler(expat(parser_), Callbacks::doctype);
  XML_SetEntityDeclHandler(expat(parser_), Callbacks::entity);
  XML_SetDefaultHandler(expat(parser_), Callbacks::other);
  XML_SetParamEntityParsing(expat(parser_), XML_PARAM_ENTITY_PARSING_NEVER);
}

XmlReader::~XmlReader() { XML_ParserFree(expat(parser_)); }

void XmlReader::feed(std::string_view piece) { parse(piece, false); }

void XmlReader::finish() { parse({}, true); }

void XmlReader::parse(std::string_view piece, bool last) {
  fed_ += piece.size();
  const XML_Status status =
      XML_Parse(expat(parser_), piece.data(), static_cast<int>(piece.size()), last);
  if (fault_) std::rethrow_exception(fault_);
  if (status != XML_STATUS_OK)
    throw damaged(std::string("its XML is not well-formed: ") +
                  XML_ErrorString(XML_GetErrorCode(expat(parser_))));
  if (fed_ - progress_ > kTokenSizeMax) throw unsafe("an element that does not end");
}

}  // namespace cinnabar::xlsx
