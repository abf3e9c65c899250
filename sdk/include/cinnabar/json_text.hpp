// The two functions behind json.hpp that know RapidJSON. Included by json.hpp, or compiled once as
// json_split.hpp; not for use by itself.
#pragma once

#include <cinnabar/json_reader.hpp>
#include <cinnabar/json_writer.hpp>

#ifdef CINNABAR_SDK_SPLIT
#define CINNABAR_SDK_FUNCTION
#define CINNABAR_SDK_DEFAULT(value)
#else
#define CINNABAR_SDK_FUNCTION inline
#define CINNABAR_SDK_DEFAULT(value) = value
#endif

namespace cinnabar {

CINNABAR_SDK_FUNCTION void read_json(std::string_view text, const Type& type, void* value,
                                     Reading reading,
                                     const Spans* spans CINNABAR_SDK_DEFAULT(nullptr)) {
  if (text.starts_with(detail::kByteOrderMark)) text.remove_prefix(detail::kByteOrderMark.size());
  detail::JsonReader handler(type, value, reading, spans);
  // In place, on a copy that ends with zeros: RapidJSON looks at sixteen bytes at a time.
  constexpr std::size_t kZeros = 16, kSmall = 4'096;
  char small[kSmall + kZeros];
  std::string large(text.size() > kSmall ? text.size() + kZeros : 0, '\0');
  char* const copy = large.empty() ? small : large.data();
  if (!text.empty()) std::memcpy(copy, text.data(), text.size());
  std::memset(copy + text.size(), 0, kZeros);
  if (detail::has_missed_control(copy, text.size()))
    throw detail::invalid({}, "holds a control character that JSON does not allow unescaped");
  rapidjson::InsituStringStream input(copy);
  rapidjson::Reader reader;
  // Not the flag that checks the encoding, which reads byte by byte: the handler checks. Nor the
  // one against deep nesting: the handler allows little of it.
  constexpr unsigned kFlags = rapidjson::kParseInsituFlag | rapidjson::kParseFullPrecisionFlag;
  // RapidJSON takes a zero byte for the end of the text.
  if (!reader.Parse<kFlags>(input, handler) || input.Tell() != text.size())
    throw detail::invalid(handler.pointer(),
                          "is not JSON at byte " + std::to_string(reader.GetErrorOffset()));
}

CINNABAR_SDK_FUNCTION std::string write_json(const Type& type, const void* value,
                                             Spans* spans CINNABAR_SDK_DEFAULT(nullptr)) {
  rapidjson::CrtAllocator levels;
  detail::JsonOutput output;
  detail::JsonWriter writer(output, &levels);
  detail::write_value(writer, type, value, spans);
  return std::string(output.text());
}

}  // namespace cinnabar
