// qpdf's main header, with the smart pointers that its next major version will have. Every file
// that uses qpdf includes this first. No state; any thread.
#pragma once

#define POINTERHOLDER_TRANSITION 4
#include <qpdf/QPDF.hh>
