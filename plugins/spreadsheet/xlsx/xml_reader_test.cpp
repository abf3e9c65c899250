#include "xml_reader.hpp"

#include "test_files.hpp"

#include <gtest/gtest.h>

namespace cinnabar::xlsx {
namespace {

// Writes down what it is told.
class Recorder final : public XmlHandler {
 public:
  void begin(std::string_view path, const Attributes& attributes) override {
    seen += "<" + std::string(path) + " " + std::string(attributes.get("a")) + ">";
  }
  void text(std::string_view path, std::string_view piece) override {
    if (path != "~") seen += piece;
  }
  void end(std::string_view) override { seen += "</>"; }
  std::string seen;
};

const std::string kRoot = "<r" + kMainSpace + ">";

std::string read(const std::string& xml, std::size_t piece = 7) {
  Recorder recorder;
  XmlReader reader(recorder);
  for (std::size_t at = 0; at < xml.size(); at += piece) reader.feed(xml.substr(at, piece));
  reader.finish();
  return recorder.seen;
}
std::string refused(const std::string& xml, std::size_t piece = 7) {
  return refusal([&] { read(xml, piece); });
}

TEST(XmlReader, TellsElementsByTheirPath) {
  EXPECT_EQ(read(kRoot + "<b a='1'>x&amp;&#x59D3;</b></r>"), "</r ></r/b 1>x&姓</></>");
}

TEST(XmlReader, SeesForeignElementsAsForeign) {
  EXPECT_EQ(read("<x:r xmlns:x='http://purl.oclc.org/ooxml/spreadsheetml/main'><x:b/><c/></x:r>"),
            "</r ></r/b ></></r/~ ></></>");
}

TEST(XmlReader, ReadsUtf16WithItsMark) {
  const std::string xml = "<r xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main'/>";
  std::string wide = "\xFF\xFE";
  for (const char c : xml) wide += std::string{c, '\0'};
  EXPECT_EQ(read(wide), "</r ></>");
}

TEST(XmlReader, RefusesEveryDocumentType) {
  const std::string laughs =
      "<!DOCTYPE r [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;'>]>" + kRoot +
      "&b;</r>";
  const std::string outside =
      "<!DOCTYPE r [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>" + kRoot + "&a;</r>";
  const std::string parameter =
      "<!DOCTYPE r [<!ENTITY % a SYSTEM 'http://127.0.0.1/x.dtd'> %a;]>" + kRoot + "</r>";
  for (const std::string& xml :
       {laughs, outside, parameter, "<!DOCTYPE r>" + kRoot + "</r>",
        "<!DOCTYPE r SYSTEM 'x.dtd'>" + kRoot + "</r>"})
    for (const std::size_t piece : {1u, 7u, 10'000u})
      EXPECT_EQ(refused(xml, piece), "spreadsheet.unsafe: a document type declaration") << xml;
}

TEST(XmlReader, RefusesUnknownEntities) {
  EXPECT_EQ(refused(kRoot + "&nbsp;</r>"),
            "spreadsheet.damaged: its XML is not well-formed: undefined entity");
}

TEST(XmlReader, RefusesUnknownEncodings) {
  EXPECT_EQ(refused("<?xml version='1.0' encoding='x-ibm-930'?>" + kRoot + "</r>"),
            "spreadsheet.damaged: its XML is not well-formed: unknown encoding");
  EXPECT_TRUE(refused(kRoot + "\xFF</r>").starts_with("spreadsheet.damaged"));
}

TEST(XmlReader, RefusesDeepNesting) {
  std::string deep = kRoot;
  for (int i = 0; i < 100; ++i) deep += "<a>";
  EXPECT_EQ(refused(deep), "spreadsheet.unsafe: elements nested too deeply");
}

TEST(XmlReader, RefusesManyAttributes) {
  std::string many = kRoot + "<b ";
  for (int i = 0; i < 100; ++i) many += "a" + std::to_string(i) + "='' ";
  EXPECT_EQ(refused(many + "/></r>"), "spreadsheet.unsafe: an element with too many attributes");
}

TEST(XmlReader, RefusesManyNamespaces) {
  std::string many = kRoot;
  for (int i = 0; i < 10'000; ++i) many += "<b xmlns:a" + std::to_string(i) + "='u'/>";
  EXPECT_EQ(refused(many + "</r>", 65'536), "spreadsheet.unsafe: too many namespaces");
}

TEST(XmlReader, RefusesAnElementThatDoesNotEnd) {
  const std::string endless = kRoot + "<b a='" + std::string(2 << 20, 'x');
  EXPECT_EQ(refused(endless, 65'536), "spreadsheet.unsafe: an element that does not end");
}

TEST(XmlReader, RefusesWhatIsNotWhole) {
  const std::string xml = kRoot + "<b>x</b></r>";
  for (std::size_t size = 0; size < xml.size(); ++size)
    EXPECT_TRUE(refused(xml.substr(0, size)).starts_with("spreadsheet.damaged")) << size;
  EXPECT_TRUE(refused(xml + "<r/>").starts_with("spreadsheet.damaged"));
}

TEST(XmlReader, PassesOnWhatTheHandlerThrows) {
  class Throwing final : public XmlHandler {
    void begin(std::string_view, const Attributes&) override { throw unsafe_error(); }
    static Error unsafe_error() { return Error("spreadsheet.formula", {{"cell", "A1"}}); }
  } handler;
  EXPECT_EQ(refusal([&] {
              XmlReader reader(handler);
              reader.feed(kRoot + "<b/>");
            }),
            "spreadsheet.formula: A1");
}

}  // namespace
}  // namespace cinnabar::xlsx
