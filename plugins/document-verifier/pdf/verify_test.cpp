#include "verify.hpp"

#include "test_support.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace cinnabar::pdf {
namespace {

using namespace test;

// Two pages, a certification field and four visible ones, as a freeze leaves them.
const Prepared& frozen() {
  static const Prepared made = prepared_document();
  return made;
}

// Certified, then signed by one act in field a, then by one act in the fields c and d.
struct Contract {
  Signed certified = sign(frozen().document, frozen().map, {0}, true);
  Signed first = sign(certified.file, frozen().map, {1}, false, &certified);
  Signed second = sign(first.file, frozen().map, {3, 4}, false, &first);
};

const Contract& contract() {
  static const Contract made;
  return made;
}

std::string verdict(const std::string& file) { return verify_document(file).verdict; }

// Tampered, and for this reason.
bool tampered_by(const std::string& file, const std::string& problem) {
  const VerifyReport report = verify_document(file);
  return report.verdict == "tampered" &&
         std::any_of(report.problems.begin(), report.problems.end(), [&](const std::string& one) {
           return one.compare(0, problem.size(), problem) == 0;
         });
}

// A revision on top of the signed contract that puts the given objects.
std::string changed(const std::vector<std::pair<std::int64_t, std::string>>& objects) {
  const Signed& base = contract().first;
  UpdateWriter update(base.file, frozen().map, base.start_xref, base.next_object + 50);
  for (const auto& [number, body] : objects) update.put(number, body);
  return update.finish();
}

const PreparedField& field(std::size_t index) { return frozen().map.fields.at(index); }

TEST(Verify, AnUnsignedFileHasNoSignature) {
  EXPECT_EQ(verdict(page_of()), "no-signature");
  EXPECT_EQ(verdict(frozen().document), "no-signature");
}

TEST(Verify, WhatIsNoPdfIsDamaged) {
  EXPECT_EQ(verdict(""), "damaged");
  EXPECT_EQ(verdict("hello"), "damaged");
  EXPECT_EQ(verdict("%PDF-1.7\n"), "damaged");
  EXPECT_EQ(verdict(page_of().substr(0, 200)), "damaged");
}

TEST(Verify, EachActKeepsTheOnesBeforeIntact) {
  const VerifyReport report = verify_document(contract().second.file);
  EXPECT_EQ(report.verdict, "not-tampered") << to_json(report);
  EXPECT_EQ(report.revisions, 4);
  ASSERT_EQ(report.signatures.size(), 3u);
  EXPECT_TRUE(report.signatures[0].certification);
  EXPECT_FALSE(report.signatures[1].certification);
  for (const SignatureReport& signature : report.signatures) {
    EXPECT_TRUE(signature.intact);
    EXPECT_TRUE(signature.covers_revision);
    EXPECT_EQ(signature.signer, "Signer 张三");
    EXPECT_EQ(signature.certificate_sha256.size(), 64u);
    EXPECT_EQ(signature.reason, "Test");
    EXPECT_EQ(signature.claimed_time, "2024-01-31T04:00:00.000Z");
    EXPECT_TRUE(signature.problems.empty());
  }
  EXPECT_FALSE(report.signatures[1].covers_file);
  EXPECT_TRUE(report.signatures[2].covers_file);
  EXPECT_EQ(report.signatures[2].field, "c");
}

TEST(Verify, EachByteCounts) {
  const std::string& file = contract().second.file;
  for (std::size_t at = 7; at < file.size(); at += file.size() / 300) {
    std::string bad = file;
    // The certificates beside a signature are not signed by it, but its own certificate is.
    bad[at] = static_cast<char>(bad[at] ^ 1);
    EXPECT_NE(verdict(bad), "not-tampered") << at;
  }
}

TEST(Verify, CutsAreSeen) {
  const std::string& file = contract().second.file;
  for (const std::size_t cut : {1u, 5u, 40u, 200u, 5000u, 20000u})
    EXPECT_NE(verdict(file.substr(0, file.size() - cut - 1)), "not-tampered") << cut;
  // Exactly one act less is the document as it was before that act.
  EXPECT_EQ(verdict(contract().first.file), "not-tampered");
}

TEST(Verify, AnythingBehindTheEndIsTampering) {
  for (const char* space : {"\n", "\r\n", " ", "\n\n\n"})
    EXPECT_EQ(verdict(contract().first.file + space), "not-tampered") << space;
  for (const char* junk : {"x", "\n% comment", "\n5 0 obj\n(x)\nendobj\n", "\n%%EOF\n"})
    EXPECT_TRUE(tampered_by(contract().first.file + junk, "bytes_after_the_end")) << junk;
}

TEST(Verify, ALaterRevisionMayNotTouchThePages) {
  const std::string page = "<< /Type /Page /Parent 4 0 R /MediaBox [0 0 100 100] >>";
  const std::size_t at = field(1).dictionary.find("/P ") + 3;
  const std::int64_t number = std::stoll(field(1).dictionary.substr(at));
  EXPECT_TRUE(tampered_by(changed({{number, page}}), "object_changed:" + std::to_string(number)));
}

TEST(Verify, ALaterRevisionMayNotTouchTheCatalog) {
  const std::string catalog = "<< " + frozen().map.catalog_dictionary;
  EXPECT_TRUE(
      tampered_by(changed({{frozen().map.catalog_object, catalog + " /OpenAction 3 0 R >>"}}),
                  "object_changed:" + std::to_string(frozen().map.catalog_object)));
}

TEST(Verify, ASecurityStoreIsNoTampering) {
  const std::int64_t store = contract().first.next_object + 10;
  std::string with_store = "<< " + frozen().map.catalog_dictionary;
  // The certification put /Perms there; it must stay.
  const std::string& file = contract().certified.file;
  const std::size_t perms = file.rfind("/Perms <<");
  with_store += " " + file.substr(perms, file.find(">>", perms) + 2 - perms) + " /DSS " +
                std::to_string(store) + " 0 R >>";
  const std::string updated =
      changed({{frozen().map.catalog_object, with_store}, {store, "<< /Type /DSS /Certs [] >>"}});
  EXPECT_EQ(verdict(updated), "not-tampered") << to_json(verify_document(updated));
}

TEST(Verify, AVanishedSignatureIsTampering) {
  const std::string updated = changed({{field(1).object, "<< " + field(1).dictionary + " >>"}});
  const VerifyReport report = verify_document(updated);
  EXPECT_TRUE(tampered_by(updated, "signature_removed:a"));
  EXPECT_EQ(report.signatures.size(), 2u) << "the union over all revisions";
}

TEST(Verify, ARemovedFormIsTampering) {
  const std::string updated =
      changed({{frozen().map.catalog_object, "<< /Type /Catalog /Pages 4 0 R >>"}});
  EXPECT_TRUE(tampered_by(updated, "field_removed"));
}

TEST(Verify, AMovedFieldIsTampering) {
  std::string moved = field(2).dictionary;
  moved.replace(moved.find("/Rect [ "), 9, "/Rect [ 1");
  EXPECT_TRUE(tampered_by(changed({{field(2).object, "<< " + moved + " >>"}}), "object_changed"));
}

TEST(Verify, ASealWithoutASignatureIsTampering) {
  // Field b is empty and gets the picture of a seal, but no signature.
  const std::int64_t picture = contract().first.next_object + 10;
  const std::string seal =
      stream_of("1 0 0 rg 0 0 50 50 re f", "/Type /XObject /Subtype /Form /BBox [0 0 50 50]");
  const std::string look = " /AP << /N " + std::to_string(picture) + " 0 R >>";
  const std::string problem = "object_changed:" + std::to_string(field(2).object);
  for (const char* value : {"", " /V null", " /V 99999 0 R"}) {
    const std::string body = "<< " + field(2).dictionary + look + value + " >>";
    EXPECT_TRUE(tampered_by(changed({{picture, seal}, {field(2).object, body}}), problem)) << value;
  }
  EXPECT_TRUE(
      tampered_by(changed({{field(2).object, "<< " + field(2).dictionary + " >>"}}), problem))
      << "a look may not vanish either";
}

// A document with one field of two widgets, and another field, which is signed.
struct Widgets {
  FieldMap map;
  Signed base;
};

Widgets two_widgets() {
  const auto widget = [](const std::string& rest) {
    return "/Type /Annot /Subtype /Widget /Rect [0 0 50 50] /F 132 " + rest;
  };
  const std::string field = "/FT /Sig /T (party) /Kids [5 0 R 6 0 R]";
  const std::string other = widget("/FT /Sig /T (other)");
  const std::string file = file_of(
      {"<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [4 0 R 7 0 R] /SigFlags 3 >> >>",
       "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
       "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 300] /Annots [5 0 R 6 0 R 7 0 R] >>",
       "<< " + field + " >>", "<< " + widget("/Parent 4 0 R") + " >>",
       "<< " + widget("/Parent 4 0 R") + " >>", "<< " + other + " >>"});
  Widgets out;
  out.map.trailer_dictionary = "/Root 1 0 R";
  out.map.next_object = 8;
  out.map.start_xref = static_cast<std::int64_t>(file.rfind("xref\n0 "));
  for (const auto& [number, dictionary] : std::vector<std::pair<int, std::string>>{
           {4, field}, {5, widget("/Parent 4 0 R")}, {6, widget("/Parent 4 0 R")}, {7, other}}) {
    PreparedField prepared;
    prepared.object = number;
    prepared.dictionary = dictionary;
    out.map.fields.push_back(prepared);
  }
  out.base = sign(file, out.map, {3});
  return out;
}

TEST(Verify, WidgetsShowTheSignatureTheyInherit) {
  const Widgets made = two_widgets();
  ASSERT_EQ(verdict(made.base.file), "not-tampered") << to_json(verify_document(made.base.file));
  // One signature, in the field; its widgets change their looks alone.
  const auto sealed = [&](bool is_signed) {
    UpdateWriter update(made.base.file, made.map, made.base.start_xref, made.base.next_object);
    const std::int64_t signature = update.new_number(), look = update.new_number();
    const std::string value = " /V " + std::to_string(signature) + " 0 R";
    std::size_t body = 0;
    if (is_signed) {
      body = update.put(signature, signature_body(false));
      update.put(4, "<< " + made.map.fields[0].dictionary + value + " >>");
    }
    update.put(look, stream_of("0 0 9 9 re f", "/Type /XObject /Subtype /Form /BBox [0 0 9 9]"));
    for (const std::size_t widget : {1u, 2u})
      update.put(made.map.fields[widget].object, "<< " + made.map.fields[widget].dictionary +
                                                     " /AP << /N " + std::to_string(look) +
                                                     " 0 R >> >>");
    const std::string file = update.finish();
    return is_signed ? with_signature(file, body) : file;
  };
  EXPECT_EQ(verdict(sealed(true)), "not-tampered") << to_json(verify_document(sealed(true)));
  EXPECT_TRUE(tampered_by(sealed(false), "object_changed:5"));
  EXPECT_TRUE(tampered_by(sealed(false), "object_changed:6"));
}

TEST(Verify, ANewUnsignedFieldShowsNothing) {
  const Widgets made = two_widgets();
  const auto with_look = [&](const std::string& rect, const std::string& content) {
    UpdateWriter update(made.base.file, made.map, made.base.start_xref, made.base.next_object);
    const std::int64_t added = update.new_number(), look = update.new_number();
    update.put(1, "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [4 0 R 7 0 R " +
                      std::to_string(added) + " 0 R] /SigFlags 3 >> >>");
    update.put(added, "<< /FT /Sig /T (late) /Type /Annot /Subtype /Widget /Rect " + rect +
                          " /AP << /N " + std::to_string(look) + " 0 R >> >>");
    update.put(look, stream_of(content, "/Type /XObject /Subtype /Form /BBox [0 0 9 9]"));
    return update.finish();
  };
  EXPECT_TRUE(tampered_by(with_look("[0 0 9 9]", "0 0 9 9 re f"), "field_list_changed"));
  EXPECT_EQ(verdict(with_look("[0 0 9 9]", " ")), "not-tampered");
  EXPECT_EQ(verdict(with_look("[0 0 0 0]", "0 0 9 9 re f")), "not-tampered");
}

TEST(Verify, AnOldSignatureInANewFieldIsTampering) {
  const std::string& file = contract().first.file;
  const std::size_t at = file.rfind(" /V ") + 4;
  const std::string value = file.substr(at, file.find('R', at) + 1 - at);
  EXPECT_TRUE(tampered_by(
      changed({{field(2).object, "<< " + field(2).dictionary + " /V " + value + " >>"}}),
      "object_changed:" + std::to_string(field(2).object)));
}

TEST(Verify, AChangedSignatureDictionaryIsTampering) {
  const std::string& file = contract().first.file;
  const std::size_t at = file.rfind(" /V ") + 4;
  const std::int64_t number = std::stoll(file.substr(at));
  EXPECT_TRUE(tampered_by(changed({{number, "<< /Type /Sig /Reason (Other) /Contents <00> >>"}}),
                          "object_changed:" + std::to_string(number)));
}

TEST(Verify, ObjectsOutsideOfTheTableAreTampering) {
  const Signed& base = contract().first;
  UpdateWriter update(base.file + "9 0 obj\n(smuggled)\nendobj\n", frozen().map, base.start_xref,
                      base.next_object);
  update.put(base.next_object, "(listed)");
  EXPECT_TRUE(tampered_by(update.finish(), "bytes_unaccounted"));
}

TEST(Verify, ANewVisibleFieldAfterCertificationIsTampering) {
  const std::int64_t added = contract().first.next_object + 5;
  const std::size_t at = frozen().map.catalog_dictionary.find("/AcroForm ") + 10;
  const std::int64_t form = std::stoll(frozen().map.catalog_dictionary.substr(at));
  std::string fields;
  for (const PreparedField& one : frozen().map.fields)
    fields += std::to_string(one.object) + " 0 R ";
  const auto with_field = [&](const std::string& rect) {
    return changed(
        {{form, "<< /Fields [" + fields + std::to_string(added) + " 0 R] /SigFlags 3 >>"},
         {added, "<< /FT /Sig /T (late) /Type /Annot /Subtype /Widget /Rect " + rect + " >>"}});
  };
  EXPECT_TRUE(tampered_by(with_field("[0 0 99 99]"), "field_added_after_certification"));
  EXPECT_EQ(verdict(with_field("[0 0 0 0]")), "not-tampered");
}

TEST(Verify, GapsLeftForLaterMayNotBeFilled) {
  // What is signed refers to an object that does not exist; later it does.
  const FieldMap& map = frozen().map;
  const std::int64_t missing = map.next_object + 20;
  UpdateWriter prepare(frozen().document, map);
  prepare.put(map.next_object, "<< /Contents [" + std::to_string(missing) + " 0 R] >>");
  Signed prepared;
  prepared.next_object = missing + 1;
  prepared.file = prepare.finish();
  prepared.start_xref = prepare.start_xref();
  const Signed base = sign(prepared.file, map, {1}, false, &prepared);
  EXPECT_EQ(verdict(base.file), "not-tampered");
  UpdateWriter update(base.file, map, base.start_xref, base.next_object);
  update.put(missing, "(now)");
  EXPECT_TRUE(tampered_by(update.finish(), "object_used_elsewhere:" + std::to_string(missing)));
}

TEST(Verify, TheGapMustBeTheContentsItself) {
  // Wrapping: the ByteRange skips more than the Contents.
  std::string file = contract().certified.file;
  const std::size_t at = file.rfind("/ByteRange [0 ") + 14;
  char start[16];
  std::snprintf(start, sizeof start, "%010zu",
                static_cast<std::size_t>(std::stoull(file.substr(at, 10)) - 2));
  file.replace(at, 10, start);
  EXPECT_EQ(verdict(file), "tampered");
}

TEST(Verify, ContentsOfZerosAreDamage) {
  std::string file = contract().certified.file;
  const std::size_t at = file.rfind("/Contents <") + 11;
  for (std::size_t i = at; file[i] != '>'; ++i) file[i] = '0';
  EXPECT_EQ(verdict(file), "damaged");
}

}  // namespace
}  // namespace cinnabar::pdf
