#include <cinnabar/pdf/file.hpp>

#include "test_support.hpp"

#include <gtest/gtest.h>
#include <zlib.h>

namespace cinnabar::pdf {
namespace {

using namespace test;

// Appends a revision with a table that lists the given objects.
std::string updated(const std::string& file, std::int64_t number, const std::string& body,
                    const std::string& trailer = "/Size 99/Root 1 0 R") {
  const std::size_t previous = file.rfind("startxref\n") + 10;
  std::string out = file;
  const std::size_t offset = out.size();
  out += std::to_string(number) + " 0 obj\n" + body + "\nendobj\n";
  const std::size_t start = out.size();
  char line[32];
  std::snprintf(line, sizeof line, "%010zu 00000 n \n", offset);
  return out + "xref\n" + std::to_string(number) + " 1\n" + line + "trailer\n<<" + trailer +
         "/Prev " + file.substr(previous, file.find('\n', previous) - previous) +
         ">>\nstartxref\n" + std::to_string(start) + "\n%%EOF\n";
}

void expect_readable(const std::string& bytes, std::size_t revisions) {
  const File file(bytes);
  EXPECT_EQ(file.revisions().size(), revisions);
  EXPECT_EQ(file.revisions().back().end, bytes.find_last_of('F') + 1);
  for (const std::int64_t number : file.numbers(file.last()))
    EXPECT_NE(file.load(number, file.last()), nullptr) << number;
  EXPECT_TRUE(file.catalog(file.last()).at("Type").is_name("Catalog"));
}

TEST(File, ReadsEachRevision) {
  expect_readable(pages_of(20), 1);
  expect_readable(updated(pages_of(20), 1, "<</Type/Catalog/Pages 2 0 R>>"), 2);
}

TEST(File, SeesEachObjectAsOfEachRevision) {
  const std::string first = updated(page_of(), 50, "(one)");
  const std::string bytes = updated(updated(first, 51, "(other)"), 50, "(two)");
  const File file(bytes);
  EXPECT_EQ(file.entry(50, 0), nullptr);
  EXPECT_EQ(file.load(50, 1)->value.text, "one");
  EXPECT_EQ(file.load(50, 2)->value.text, "one");
  EXPECT_EQ(file.load(50, 3)->value.text, "two");
  EXPECT_EQ(file.entry(52, 3), nullptr);
  EXPECT_EQ(file.numbers(3).size(), file.numbers(0).size() + 2);
}

TEST(File, ForgetsOnceItKeepsTooMuch) {
  std::string list = "[";
  for (std::size_t i = 0; i <= kValuesKeptMax / 2; ++i) list += "1 ";
  const std::string bytes = updated(updated(page_of(), 50, list + "]"), 51, list + "]");
  const File file(bytes);
  const IndirectObject* large = file.load(50, 1);
  file.forget();
  EXPECT_EQ(file.load(50, 1), large);
  file.load(51, 2);
  file.forget();
  EXPECT_EQ(file.load(50, 1)->value.items.size(), kValuesKeptMax / 2 + 1);
}

// A file whose objects lie in streams that are too large to be kept all at once.
std::string with_large_streams(int streams, std::size_t size) {
  std::string out = "%PDF-1.7\n1 0 obj\n<</Type/Catalog>>\nendobj\n";
  std::string rows;
  const auto row = [&](int kind, std::size_t a, int b) {
    rows += static_cast<char>(kind);
    for (int shift = 24; shift >= 0; shift -= 8) rows += static_cast<char>(a >> shift & 255);
    rows += static_cast<char>(b);
  };
  row(0, 0, 0);
  row(1, 9, 0);
  for (int i = 0; i < streams; ++i) {
    const int number = 2 + 2 * i;
    row(1, out.size(), 0);
    row(2, static_cast<std::size_t>(number), 0);
    std::string data = std::to_string(number + 1) + " 0 (" + std::to_string(i) + ")";
    const std::size_t first = data.find('(');
    data.resize(size, ' ');
    std::string packed(compressBound(size), '\0');
    uLongf packed_size = packed.size();
    compress(reinterpret_cast<Bytef*>(packed.data()), &packed_size,
             reinterpret_cast<const Bytef*>(data.data()), size);
    packed.resize(packed_size);
    out += std::to_string(number) + " 0 obj\n" +
           stream_of(packed, "/Type/ObjStm/N 1/First " + std::to_string(first) +
                                 "/Filter/FlateDecode") + "\nendobj\n";
  }
  std::string list = "[";
  for (std::size_t i = 0; i <= kValuesKeptMax; ++i) list += "1 ";
  row(1, out.size(), 0);
  const std::string last = std::to_string(2 + 2 * streams);
  out += last + " 0 obj\n" + list + "]\nendobj\n";
  const std::size_t start = out.size();
  return out + "9999 0 obj\n" +
         stream_of(rows, "/Type/XRef/W[1 4 1]/Root 1 0 R/Size " +
                             std::to_string(3 + 2 * streams)) +
         "\nendobj\nstartxref\n" + std::to_string(start) + "\n%%EOF\n";
}

TEST(File, MayInflateAgainWhatItForgot) {
  const std::string bytes = with_large_streams(3, 20u << 20);
  const File file(bytes);
  for (int round = 0; round < 6; ++round) {
    for (const std::int64_t number : {3, 5, 7})
      EXPECT_EQ(file.load(number, 0)->value.text, std::to_string((number - 3) / 2));
    file.load(8, 0);
    file.forget();
  }
}

TEST(File, TellsMembersOfStreamsFromPlacesInTheFile) {
  const std::string bytes = with_large_streams(2, 1'000);
  const File file(bytes);
  EXPECT_EQ(file.load(1, 0)->value.source, 0u);
  EXPECT_NE(file.load(3, 0)->value.source, 0u);
  EXPECT_NE(file.load(3, 0)->value.source, file.load(5, 0)->value.source);
}

TEST(File, ReadsHybridFiles) {
  std::string file = page_of();
  const std::size_t table = file.rfind("xref\n0 ");
  // Object 5 is known only to the stream that /XRefStm names.
  const std::string head = file.substr(0, table);
  const std::size_t hidden = head.size();
  std::string body = head + "5 0 obj\n(hidden)\nendobj\n";
  const std::size_t stream = body.size();
  std::string row(1, '\1');
  row += static_cast<char>(hidden >> 8);
  row += static_cast<char>(hidden & 255);
  row += '\0';
  body += "6 0 obj\n" + stream_of(row, "/Type/XRef/W[1 2 1]/Index[5 1]/Size 7") + "\nendobj\n";
  const std::size_t start = body.size();
  std::string rest = file.substr(table);
  rest.replace(rest.find("/Root"), 5, "/XRefStm " + std::to_string(stream) + "/Root");
  rest.replace(rest.rfind("startxref\n") + 10, std::string::npos,
               std::to_string(start) + "\n%%EOF\n");
  const std::string hybrid = body + rest;
  const File read(hybrid);
  EXPECT_TRUE(read.revisions()[0].hybrid);
  ASSERT_NE(read.load(5, 0), nullptr);
  EXPECT_EQ(read.load(5, 0)->value.text, "hidden");
}

TEST(File, EachRevisionSeesItsOwnObjects) {
  const std::string bytes = updated(page_of(), 9, "(new)");
  const File file(bytes);
  EXPECT_EQ(file.load(9, 0), nullptr);
  ASSERT_NE(file.load(9, 1), nullptr);
  EXPECT_EQ(file.load(9, 1)->value.text, "new");
  EXPECT_NE(file.load(3, 1), nullptr);
}

TEST(File, RefusesLoops) {
  std::string file = page_of();
  const std::size_t table = file.rfind("xref\n0 ");
  file.replace(file.find("/Root", table), 5, "/Prev " + std::to_string(table) + "/Root");
  file.replace(file.rfind("startxref\n") + 10, std::string::npos,
               std::to_string(table) + "\n%%EOF\n");
  EXPECT_THROW(File{file}, Malformed);
}

TEST(File, RefusesReferencesInCircles) {
  const std::string bytes = file_of({"<</Type/Catalog/X 2 0 R>>", "3 0 R", "2 0 R"});
  const File file(bytes);
  EXPECT_THROW(file.resolve_at(file.catalog(0), "X", 0), Malformed);
}

TEST(File, RefusesWrongTables) {
  const std::string good = page_of();
  const auto changed = [&](const std::string& from, const std::string& to) {
    std::string bad = good;
    bad.replace(bad.rfind(from), from.size(), to);
    return bad;
  };
  for (const std::string& bad :
       {changed(" 00000 n \n", " 00000 x \n"), changed(" 00000 n \n", " 0000n \n"),
        changed("trailer", "trailes"), changed("%%EOF", "%%EOX"),
        changed("startxref\n", "startxref\n9"), changed("/Size 5", "/Size x"),
        changed("xref\n0 5", "xref\n0 6")})
    EXPECT_THROW(File{bad}, Malformed) << bad;
}

TEST(File, ReadsWhatWritersOftenGetWrong) {
  const std::string good = page_of();
  // Offsets count from the header.
  const std::string behind_junk = "junk\n" + good;
  const File shifted(behind_junk);
  EXPECT_NE(shifted.load(3, 0), nullptr);
  // The table counts from 1, but begins with the free entry 0.
  std::string from_one = good;
  from_one.replace(from_one.rfind("xref\n0 5"), 8, "xref\n1 5");
  const File counted(from_one);
  EXPECT_NE(counted.load(3, 0), nullptr);
}

TEST(File, AnObjectIsNotTakenForAnother) {
  std::string file = page_of();
  file.replace(file.find("3 0 obj"), 7, "8 0 obj");
  const File read(file);
  EXPECT_THROW(read.load(3, 0), Malformed);
}

TEST(File, StopsAtTooManyRevisions) {
  std::string file = page_of();
  for (int i = 0; i < 1100; ++i) file = updated(file, 9, "1");
  EXPECT_THROW(File{file}, TooComplex);
}

}  // namespace
}  // namespace cinnabar::pdf
