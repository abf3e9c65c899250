// A reader for the CBOR (RFC 8949) that authenticators send: definite lengths, shortest forms,
// bounded depth and size; everything else is refused. Values; any thread.
#pragma once

#include <cinnabar/error.hpp>
#include <cinnabar/text.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cinnabar::webauthn {

struct Cbor {
  enum class Kind { integer, bytes, text, array, map, simple };
  Kind kind = Kind::simple;
  std::int64_t integer = 0;
  std::string bytes;  // of bytes and text
  std::vector<Cbor> items;
  std::vector<std::pair<Cbor, Cbor>> members;

  // The member under a text or an integer; null: there is none.
  const Cbor* member(std::string_view key) const {
    for (const auto& [name, value] : members)
      if (name.kind == Kind::text && name.bytes == key) return &value;
    return nullptr;
  }
  const Cbor* member(std::int64_t key) const {
    for (const auto& [name, value] : members)
      if (name.kind == Kind::integer && name.integer == key) return &value;
    return nullptr;
  }
};

class CborReader {
 public:
  static constexpr int kDepthMax = 6;
  static constexpr std::uint64_t kItemsMax = 64;

  explicit CborReader(std::string_view bytes) : bytes_(bytes) {}

  // One value; nothing when it is not well-formed or goes beyond the limits.
  std::optional<Cbor> next() { return value(0); }
  std::size_t position() const { return at_; }
  bool at_end() const { return at_ == bytes_.size(); }

 private:
  std::optional<std::uint64_t> length(unsigned char info) {
    if (info < 24) return info;
    if (info > 27) return std::nullopt;  // reserved, or of indefinite length
    const std::size_t count = std::size_t{1} << (info - 24);
    if (bytes_.size() - at_ < count) return std::nullopt;
    std::uint64_t out = 0;
    for (std::size_t i = 0; i < count; ++i)
      out = out << 8 | static_cast<unsigned char>(bytes_[at_++]);
    const std::uint64_t least = info == 24 ? 24 : std::uint64_t{1} << (4 * count);
    if (out < least) return std::nullopt;  // a shorter form would have done
    return out;
  }

  std::optional<std::string> span(std::uint64_t size) {
    if (size > bytes_.size() - at_) return std::nullopt;
    std::string out(bytes_.substr(at_, static_cast<std::size_t>(size)));
    at_ += static_cast<std::size_t>(size);
    return out;
  }

  std::optional<Cbor> value(int depth) {
    if (depth > kDepthMax || at_ >= bytes_.size()) return std::nullopt;
    const auto head = static_cast<unsigned char>(bytes_[at_++]);
    const auto size = length(head & 31);
    if (!size) return std::nullopt;
    switch (head >> 5) {
      case 0:
      case 1: return integer(head >> 5 == 1, *size);
      case 2: return text(Cbor::Kind::bytes, *size);
      case 3: return text(Cbor::Kind::text, *size);
      case 4: return array(*size, depth);
      case 5: return map(*size, depth);
      case 7: return simple(head, *size);
      default: return std::nullopt;  // tags
    }
  }

  static std::optional<Cbor> integer(bool negative, std::uint64_t size) {
    if (size > INT64_MAX) return std::nullopt;
    Cbor out;
    out.kind = Cbor::Kind::integer;
    out.integer = static_cast<std::int64_t>(size);
    if (negative) out.integer = -1 - out.integer;
    return out;
  }
  std::optional<Cbor> text(Cbor::Kind kind, std::uint64_t size) {
    auto content = span(size);
    if (!content || (kind == Cbor::Kind::text && !is_utf8(*content))) return std::nullopt;
    Cbor out;
    out.kind = kind;
    out.bytes = std::move(*content);
    return out;
  }
  std::optional<Cbor> array(std::uint64_t size, int depth) {
    if (size > kItemsMax) return std::nullopt;
    Cbor out;
    out.kind = Cbor::Kind::array;
    for (std::uint64_t i = 0; i < size; ++i) {
      auto item = value(depth + 1);
      if (!item) return std::nullopt;
      out.items.push_back(std::move(*item));
    }
    return out;
  }
  std::optional<Cbor> map(std::uint64_t size, int depth) {
    if (size > kItemsMax) return std::nullopt;
    Cbor out;
    out.kind = Cbor::Kind::map;
    for (std::uint64_t i = 0; i < size; ++i) {
      auto key = value(depth + 1);
      if (!key || (key->kind != Cbor::Kind::integer && key->kind != Cbor::Kind::text))
        return std::nullopt;
      const bool twice = key->kind == Cbor::Kind::text ? out.member(std::string_view(key->bytes))
                                                       : out.member(key->integer);
      auto item = value(depth + 1);
      if (twice || !item) return std::nullopt;
      out.members.emplace_back(std::move(*key), std::move(*item));
    }
    return out;
  }
  static std::optional<Cbor> simple(unsigned char head, std::uint64_t size) {
    if ((head & 31) > 23 || size < 20 || size > 22) return std::nullopt;  // false, true, null
    Cbor out;
    out.integer = static_cast<std::int64_t>(size);
    return out;
  }

  std::string_view bytes_;
  std::size_t at_ = 0;
};

}  // namespace cinnabar::webauthn
