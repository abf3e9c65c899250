// Described types: a struct is described once, and JSON both ways, validation with the path of the
// fault, OpenAPI, the configuration reference and the hook author's Lua types follow from it.
//
//   struct Party { std::string name; std::optional<std::string> mobile; };
//   CINNABAR_DESCRIBE(Party, (name, required, length(1, 100), doc("As on the licence.")), mobile)
//
// A field stands alone or in parentheses with its options. Members may be bool, int, int64, double,
// std::string, Bytes, Time, Json, enums (CINNABAR_ENUM), described structs, and std::optional,
// std::vector and std::map<std::string, T> of these. A field that is not `required` keeps the value
// of its C++ initialiser when it is absent. Descriptions are immutable and made on first use; any
// thread.
#pragma once

#include <cinnabar/bytes.hpp>
#include <cinnabar/time.hpp>
#include <cinnabar/value.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace cinnabar {

enum class Kind {
  boolean,
  integer,
  number,
  text,
  bytes,
  time,
  enumeration,
  object,
  list,
  map,
  optional,
  json
};

// A text without a stated limit holds at most this many characters; a list so many items: enough
// for anything a person types, too little to hurt.
inline constexpr std::int64_t kTextLengthMax = 4'096;
inline constexpr std::int64_t kListItemsMax = 1'000;

struct FieldOptions {
  bool required = false;
  bool personal = false;  // a person's data: scrubbed from logs, encrypted where stored for long
  bool secret = false;    // never printed
  std::int64_t length_min = 0;
  std::int64_t length_max = kTextLengthMax;  // characters, not bytes
  std::int64_t items_min = 0;
  std::int64_t items_max = kListItemsMax;
  std::optional<double> minimum;
  std::optional<double> maximum;
  const char* doc = "";
  const char* example = "";
  const char* format = "";  // "mobile", "id", "date-time", ... see json.hpp
  const char* since = "";
};

struct Type;

struct Field {
  std::string_view name;
  const Type& (*type)();
  void* (*at)(void* object);
  FieldOptions options;
};

// What can be done with a value of the type, without knowing it at compile time. Only the members
// that fit the kind are set.
struct Type {
  Kind kind;
  std::string_view name;                            // object, enumeration
  const std::vector<Field>& (*fields)() = nullptr;  // object
  const Type& (*element)() = nullptr;               // list, map, optional
  const std::vector<std::string_view>& (*names)() = nullptr;  // enumeration, in order of value

  std::int64_t (*get_integer)(const void*) = nullptr;  // boolean, integer, time, enumeration
  bool (*set_integer)(void*, std::int64_t) = nullptr;  // false: does not fit
  std::size_t (*size)(const void*) = nullptr;          // list, map, optional (0 or 1)
  void (*clear)(void*) = nullptr;                      // list, map, optional
  void* (*add)(void*, std::string_view key) = nullptr;  // list: append; map: key; optional: make
  void (*each)(const void*, void* context,
               void (*visit)(void* context, std::string_view key, const void* item)) = nullptr;
};

template <class T>
const Type& type_of();

namespace detail {

template <class T>
struct IsOptional : std::false_type {};
template <class T>
struct IsOptional<std::optional<T>> : std::true_type {};
template <class T>
struct IsList : std::false_type {};
template <class T>
struct IsList<std::vector<T>> : std::true_type {};
template <class T>
struct IsMap : std::false_type {};
template <class T>
struct IsMap<std::map<std::string, T>> : std::true_type {};

template <class T>
constexpr Type integer_like(Kind kind) {
  Type type{kind, {}};
  type.get_integer = [](const void* p) {
    return static_cast<std::int64_t>(*static_cast<const T*>(p));
  };
  type.set_integer = [](void* p, std::int64_t value) {
    *static_cast<T*>(p) = static_cast<T>(value);
    return static_cast<std::int64_t>(*static_cast<T*>(p)) == value;
  };
  return type;
}

template <class T>
Type container_type() {
  Type type{Kind::list, {}};
  type.clear = [](void* p) { static_cast<T*>(p)->clear(); };
  type.size = [](const void* p) { return static_cast<const T*>(p)->size(); };
  if constexpr (IsList<T>::value) {
    static_assert(!std::is_same_v<T, std::vector<bool>>, "describe a vector of bool as int");
    type.element = [] () -> const Type& { return type_of<typename T::value_type>(); };
    type.add = [](void* p, std::string_view) -> void* {
      return &static_cast<T*>(p)->emplace_back();
    };
    type.each = [](const void* p, void* context, auto visit) {
      for (const auto& item : *static_cast<const T*>(p)) visit(context, {}, &item);
    };
  } else {
    type.kind = Kind::map;
    type.element = [] () -> const Type& { return type_of<typename T::mapped_type>(); };
    type.add = [](void* p, std::string_view key) -> void* {
      return &(*static_cast<T*>(p))[std::string(key)];
    };
    type.each = [](const void* p, void* context, auto visit) {
      for (const auto& [key, item] : *static_cast<const T*>(p)) visit(context, key, &item);
    };
  }
  return type;
}

template <class T>
Type optional_type() {
  Type type{Kind::optional, {}};
  type.element = [] () -> const Type& { return type_of<typename T::value_type>(); };
  type.size = [](const void* p) -> std::size_t { return static_cast<const T*>(p)->has_value(); };
  type.clear = [](void* p) { static_cast<T*>(p)->reset(); };
  type.add = [](void* p, std::string_view) -> void* {
    return &static_cast<T*>(p)->emplace();
  };
  type.each = [](const void* p, void* context, auto visit) {
    if (const auto& value = *static_cast<const T*>(p)) visit(context, {}, &*value);
  };
  return type;
}

template <class T>
Type make_type() {
  if constexpr (std::is_same_v<T, bool>) {
    return integer_like<bool>(Kind::boolean);
  } else if constexpr (std::is_integral_v<T>) {
    return integer_like<T>(Kind::integer);
  } else if constexpr (std::is_floating_point_v<T>) {
    static_assert(std::is_same_v<T, double>, "describe numbers as double");
    return Type{Kind::number, {}};
  } else if constexpr (std::is_same_v<T, std::string>) {
    return Type{Kind::text, {}};
  } else if constexpr (std::is_same_v<T, Bytes>) {
    return Type{Kind::bytes, {}};
  } else if constexpr (std::is_same_v<T, Json>) {
    return Type{Kind::json, {}};
  } else if constexpr (std::is_same_v<T, Time>) {
    Type type{Kind::time, {}};
    type.get_integer = [](const void* p) { return static_cast<const Time*>(p)->ms; };
    type.set_integer = [](void* p, std::int64_t value) {
      static_cast<Time*>(p)->ms = value;
      return true;
    };
    return type;
  } else if constexpr (std::is_enum_v<T>) {
    Type type = integer_like<T>(Kind::enumeration);
    type.name = cinnabar_name(static_cast<const T*>(nullptr));
    type.names = [] () -> const std::vector<std::string_view>& {
      return cinnabar_names(static_cast<const T*>(nullptr));
    };
    return type;
  } else if constexpr (IsOptional<T>::value) {
    return optional_type<T>();
  } else if constexpr (IsList<T>::value || IsMap<T>::value) {
    return container_type<T>();
  } else {
    Type type{Kind::object, cinnabar_name(static_cast<const T*>(nullptr))};
    type.fields = [] () -> const std::vector<Field>& {
      return cinnabar_fields(static_cast<const T*>(nullptr));
    };
    return type;
  }
}

template <class S, class M>
S class_of(M S::*);
template <class S, class M>
M member_of(M S::*);

}  // namespace detail

template <class T>
const Type& type_of() {
  static const Type kType = detail::make_type<T>();
  return kType;
}

template <auto kMember, class... Options>
Field make_field(std::string_view name, Options... options) {
  using Struct = decltype(detail::class_of(kMember));
  using Member = decltype(detail::member_of(kMember));
  Field field{name, &type_of<Member>,
              [](void* object) -> void* { return &(static_cast<Struct*>(object)->*kMember); },
              FieldOptions{}};
  (options(field.options), ...);
  return field;
}

// The options that may stand beside a field's name.
namespace describe_options {
inline constexpr auto required = [](FieldOptions& o) { o.required = true; };
inline constexpr auto personal = [](FieldOptions& o) { o.personal = true; };
inline constexpr auto secret = [](FieldOptions& o) { o.secret = true; };
constexpr auto length(std::int64_t least, std::int64_t most) {
  return [=](FieldOptions& o) {
    o.length_min = least;
    o.length_max = most;
  };
}
constexpr auto items(std::int64_t least, std::int64_t most) {
  return [=](FieldOptions& o) {
    o.items_min = least;
    o.items_max = most;
  };
}
constexpr auto range(double least, double most) {
  return [=](FieldOptions& o) {
    o.minimum = least;
    o.maximum = most;
  };
}
constexpr auto doc(const char* text) {
  return [=](FieldOptions& o) { o.doc = text; };
}
constexpr auto example(const char* text) {
  return [=](FieldOptions& o) { o.example = text; };
}
constexpr auto format(const char* name) {
  return [=](FieldOptions& o) { o.format = name; };
}
constexpr auto since(const char* version) {
  return [=](FieldOptions& o) { o.since = version; };
}
}  // namespace describe_options

}  // namespace cinnabar

// Applies a macro to each argument: the preprocessor's own recursion, re-scanned often enough for
// some three hundred arguments.
#define CINNABAR_PARENS ()
#define CINNABAR_SCAN(...) \
  CINNABAR_SCAN3(CINNABAR_SCAN3(CINNABAR_SCAN3(CINNABAR_SCAN3(__VA_ARGS__))))
#define CINNABAR_SCAN3(...) \
  CINNABAR_SCAN2(CINNABAR_SCAN2(CINNABAR_SCAN2(CINNABAR_SCAN2(__VA_ARGS__))))
#define CINNABAR_SCAN2(...) \
  CINNABAR_SCAN1(CINNABAR_SCAN1(CINNABAR_SCAN1(CINNABAR_SCAN1(__VA_ARGS__))))
#define CINNABAR_SCAN1(...) __VA_ARGS__
#define CINNABAR_EACH(macro, ...) \
  __VA_OPT__(CINNABAR_SCAN(CINNABAR_EACH_STEP(macro, __VA_ARGS__)))
#define CINNABAR_EACH_STEP(macro, first, ...) \
  macro(first) __VA_OPT__(CINNABAR_EACH_AGAIN CINNABAR_PARENS(macro, __VA_ARGS__))
#define CINNABAR_EACH_AGAIN() CINNABAR_EACH_STEP

// Tells `(name, options...)` from `name`.
#define CINNABAR_FIELD(x) CINNABAR_FIELD_PICK(CINNABAR_IS_PAREN(x))(x)
#define CINNABAR_FIELD_PICK(n) CINNABAR_FIELD_PICK1(n)
#define CINNABAR_FIELD_PICK1(n) CINNABAR_FIELD_##n
#define CINNABAR_FIELD_0(x) ::cinnabar::make_field<&Self::x>(#x),
#define CINNABAR_FIELD_1(x) CINNABAR_FIELD_WITH x
#define CINNABAR_FIELD_WITH(x, ...) \
  ::cinnabar::make_field<&Self::x>(#x __VA_OPT__(, ) __VA_ARGS__),
#define CINNABAR_IS_PAREN(x) CINNABAR_IS_PAREN1(CINNABAR_PROBE x)
#define CINNABAR_IS_PAREN1(...) CINNABAR_SECOND(__VA_ARGS__, 0, )
#define CINNABAR_PROBE(...) ~, 1
#define CINNABAR_SECOND(a, b, ...) b

#define CINNABAR_DESCRIBE(T, ...)                                                    \
  inline const std::vector<::cinnabar::Field>& cinnabar_fields(const T*) {           \
    using Self [[maybe_unused]] = T;                                                 \
    using namespace ::cinnabar::describe_options;                                    \
    static const std::vector<::cinnabar::Field> kFields{                             \
        CINNABAR_EACH(CINNABAR_FIELD, __VA_ARGS__)};                                 \
    return kFields;                                                                  \
  }                                                                                  \
  inline constexpr std::string_view cinnabar_name(const T*) { return #T; }

#define CINNABAR_DESCRIBE_EMPTY(T)                                         \
  inline const std::vector<::cinnabar::Field>& cinnabar_fields(const T*) { \
    static const std::vector<::cinnabar::Field> kFields;                   \
    return kFields;                                                        \
  }                                                                        \
  inline constexpr std::string_view cinnabar_name(const T*) { return #T; }

// An enum class whose values are 0, 1, 2 ... in the order given. A name that is a keyword of C++
// ends in an underscore, which its text drops.
#define CINNABAR_ENUM_NAME(x) ::cinnabar::detail::enum_text(#x),
#define CINNABAR_ENUM(T, ...)                                                       \
  inline const std::vector<std::string_view>& cinnabar_names(const T*) {            \
    static const std::vector<std::string_view> kNames{                              \
        CINNABAR_EACH(CINNABAR_ENUM_NAME, __VA_ARGS__)};                            \
    return kNames;                                                                  \
  }                                                                                 \
  inline constexpr std::string_view cinnabar_name(const T*) { return #T; }

namespace cinnabar {
namespace detail {
constexpr std::string_view enum_text(std::string_view name) {
  return name.ends_with('_') ? name.substr(0, name.size() - 1) : name;
}
}  // namespace detail

template <class E>
std::string_view name_of(E value) {
  const auto& names = cinnabar_names(static_cast<const E*>(nullptr));
  const auto at = static_cast<std::size_t>(value);
  return at < names.size() ? names[at] : std::string_view("?");
}

template <class E>
std::optional<E> enum_from(std::string_view name) {
  const auto& names = cinnabar_names(static_cast<const E*>(nullptr));
  for (std::size_t i = 0; i < names.size(); ++i)
    if (names[i] == name) return static_cast<E>(i);
  return std::nullopt;
}

}  // namespace cinnabar
