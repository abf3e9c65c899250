// Mutates DER (X.690) as a tree: lengths around a change are put right, so that the change is
// seen behind the outer parser. For the fuzz targets; pure functions.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace cinnabar::fuzz {

// One value mutated somewhere inside; what cannot be read as DER comes back as it is. The result
// may be longer by some hundred bytes.
std::string mutated_der(std::string_view der, unsigned seed);

// The size of the value at the beginning, with its head; 0 when there is none.
std::size_t der_size(std::string_view der);

}  // namespace cinnabar::fuzz
