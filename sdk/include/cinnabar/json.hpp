// JSON of described types: reading with validation, writing, and the schema.
//
// Reading is one pass of RapidJSON's SAX parser straight into the struct. A fault is an Error
// "request.invalid" with the JSON pointer of the place and a parameter "reason". Strict reading
// (HTTP, configuration) refuses unknown members and checks `required`; lenient reading (the plugin
// boundary, stored documents) ignores what it does not know, so that structs can grow. Limits on
// lengths, items, ranges and nesting hold in both. Stateless; any thread.
#pragma once

#include <cinnabar/json_reader.hpp>
#include <cinnabar/json_writer.hpp>

namespace cinnabar {

// Reads a document into a value. Throws Error "request.invalid".
inline void read_json(std::string_view text, const Type& type, void* value, Reading reading,
                      const Spans* spans = nullptr) {
  detail::JsonReader handler(type, value, reading, spans);
  rapidjson::MemoryStream stream(text.data(), text.size());
  rapidjson::EncodedInputStream<rapidjson::UTF8<>, rapidjson::MemoryStream> input(stream);
  rapidjson::Reader reader;
  constexpr unsigned kFlags = rapidjson::kParseValidateEncodingFlag |
                              rapidjson::kParseFullPrecisionFlag | rapidjson::kParseIterativeFlag;
  if (!reader.Parse<kFlags>(input, handler))
    throw detail::invalid(handler.pointer(),
                          "is not JSON at byte " + std::to_string(reader.GetErrorOffset()));
}

template <class T>
T from_json(std::string_view text, Reading reading = Reading::lenient,
            const Spans* spans = nullptr) {
  T value{};
  read_json(text, type_of<T>(), &value, reading, spans);
  return value;
}

inline std::string write_json(const Type& type, const void* value, Spans* spans = nullptr) {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
  detail::write_value(writer, type, value, spans);
  return std::string(buffer.GetString(), buffer.GetSize());
}

template <class T>
std::string to_json(const T& value, Spans* spans = nullptr) {
  return write_json(type_of<T>(), &value, spans);
}

}  // namespace cinnabar
