// JSON of described types: reading with validation, writing, and the schema.
//
// Reading is one pass of RapidJSON's SAX parser straight into the struct. A fault is an Error
// "request.invalid" with the JSON pointer of the place and a parameter "reason". Strict reading
// (HTTP, configuration) refuses unknown members and checks `required`; lenient reading (the plugin
// boundary, stored documents) ignores what it does not know, so that structs can grow. Limits on
// lengths, items, ranges and nesting hold in both. Stateless; any thread.
//
// Header-only as it stands. A build with many files defines CINNABAR_SDK_SPLIT and compiles
// json_split.hpp once, so that only one file pays for RapidJSON.
#pragma once

#include <cinnabar/json_rules.hpp>

#ifndef CINNABAR_SDK_SPLIT
#include <cinnabar/json_text.hpp>
#endif

namespace cinnabar {

#ifdef CINNABAR_SDK_SPLIT
// Reads a document into a value. Throws Error "request.invalid".
void read_json(std::string_view text, const Type& type, void* value, Reading reading,
               const Spans* spans = nullptr);
std::string write_json(const Type& type, const void* value, Spans* spans = nullptr);
#endif

template <class T>
T from_json(std::string_view text, Reading reading = Reading::lenient,
            const Spans* spans = nullptr) {
  T value{};
  read_json(text, type_of<T>(), &value, reading, spans);
  return value;
}

template <class T>
std::string to_json(const T& value, Spans* spans = nullptr) {
  return write_json(type_of<T>(), &value, spans);
}

}  // namespace cinnabar
