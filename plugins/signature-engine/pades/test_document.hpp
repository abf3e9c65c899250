// A frozen document written by hand for tests: pages of any rotation with prepared signature
// fields, and the field map that goes with it. Test code only.
#pragma once

#include <cinnabar/services/signature_engine.hpp>

#include <string>
#include <vector>

namespace cinnabar::pades {

struct TestField {
  std::string name;
  int page = 1;
  double x = 0, y = 0;           // lower left corner in user space
  double width = 0, height = 0;  // of the rectangle in user space, not turned
};

struct TestDocument {
  std::string bytes;
  FieldMap map;
  DocumentState state() const;  // of its base
};

struct TestPlan {
  std::vector<int> rotations{0};  // one for each page
  std::vector<TestField> fields;
  bool xref_stream = false;
  bool final_newline = true;
  std::size_t padding = 0;  // bytes of a comment, to make the document larger
  bool long_term = false;   // with an empty security store
};

inline constexpr double kTestPageWidth = 595;
inline constexpr double kTestPageHeight = 842;

TestDocument make_document(const TestPlan& plan);

// A red ring with a black bar, in points; asymmetric, so that a wrong turn is seen.
Drawing make_seal(double width, double height);

}  // namespace cinnabar::pades
