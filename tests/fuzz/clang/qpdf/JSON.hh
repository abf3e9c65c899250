// Stands in front of qpdf's own header when clang compiles: that one holds a vector of a class that
// is not complete yet, which clang refuses in C++20. The document engine uses nothing of it.
#pragma once

class JSON;
