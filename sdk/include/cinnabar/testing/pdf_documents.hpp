// Documents that tests make for themselves, object by object. For tests only; any thread.
#pragma once

#include <cstdio>
#include <string>
#include <vector>

namespace cinnabar::pdf::test {

// A file of the given objects, numbered from 1, with a right table. Object 1 is the catalog.
inline std::string file_of(const std::vector<std::string>& objects, const std::string& trailer = {},
                           const std::string& version = "1.7") {
  std::string out = "%PDF-" + version + "\n%\xE2\xE3\xCF\xD3\n";
  std::string table = "0000000000 65535 f \n";
  for (std::size_t i = 0; i < objects.size(); ++i) {
    char line[32];
    std::snprintf(line, sizeof line, "%010zu 00000 n \n", out.size());
    table += line;
    out += std::to_string(i + 1) + " 0 obj\n" + objects[i] + "\nendobj\n";
  }
  const std::string size = std::to_string(objects.size() + 1);
  const std::size_t start = out.size();
  return out + "xref\n0 " + size + "\n" + table + "trailer\n<</Size " + size + "/Root 1 0 R" +
         trailer + ">>\nstartxref\n" + std::to_string(start) + "\n%%EOF\n";
}

inline std::string stream_of(const std::string& data, const std::string& entries = {}) {
  return "<</Length " + std::to_string(data.size()) + entries + ">>\nstream\n" + data +
         "\nendstream";
}

// One page with attributes and content; without a /MediaBox of its own it is A4.
inline std::string page_of(const std::string& attributes = {}, const std::string& content = "n") {
  const bool has_box = attributes.find("/MediaBox") != std::string::npos;
  return file_of({"<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
                  "<</Type/Page/Parent 2 0 R/Resources<<>>/Contents 4 0 R" + attributes +
                      (has_box ? "" : "/MediaBox[0 0 595 842]") + ">>",
                  stream_of(content)});
}

// As many A4 pages as asked for, which share one content.
inline std::string pages_of(int count) {
  std::string kids;
  std::vector<std::string> objects{"<</Type/Catalog/Pages 2 0 R>>", "", stream_of("n")};
  for (int i = 0; i < count; ++i) {
    kids += std::to_string(objects.size() + 1) + " 0 R ";
    objects.push_back(
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<<>>/Contents 3 0 R>>");
  }
  objects[1] = "<</Type/Pages/Count " + std::to_string(count) + "/Kids[" + kids + "]>>";
  return file_of(objects);
}

}  // namespace cinnabar::pdf::test
