// The reader behind json.hpp: RapidJSON's SAX events straight into a described struct. Internal to
// the SDK; use read_json and from_json. One object a document; no sharing.
#pragma once

#include <cinnabar/json_rules.hpp>
#include <cinnabar/json_vector.hpp>

#include <rapidjson/reader.h>

#include <cmath>

namespace cinnabar {

namespace detail {

class JsonReader {
 public:
  JsonReader(const Type& type, void* value, Reading reading, const Spans* spans)
      : reading_(reading), spans_(spans) {
    root_ = Slot{&type, value, &kNoOptions};
    stack_.reserve(4);
  }

  bool Null() {
    return scalar([&](Slot s) { return put_null(s); }, [] { return Json(); }, true);
  }
  bool Bool(bool b) {
    return scalar([&](Slot s) { return s.type->kind == Kind::boolean
                                           ? s.type->set_integer(s.value, b)
                                           : wrong(s, "a boolean"); },
                  [&] { return Json(b); });
  }
  bool Int(int i) { return Int64(i); }
  bool Uint(unsigned u) { return Int64(static_cast<std::int64_t>(u)); }
  bool Int64(std::int64_t i) {
    return scalar([&](Slot s) { return put_integer(s, i); }, [&] { return Json(i); });
  }
  bool Uint64(std::uint64_t u) {
    return u <= INT64_MAX ? Int64(static_cast<std::int64_t>(u)) : Double(static_cast<double>(u));
  }
  bool Double(double d) {
    return scalar([&](Slot s) { return put_number(s, d); }, [&] { return Json(d); });
  }
  bool RawNumber(const char*, rapidjson::SizeType, bool) { return false; }
  bool String(const char* text, rapidjson::SizeType size, bool) {
    const std::string_view view(text, size);
    if (!is_utf8(view)) return false;
    return scalar([&](Slot s) { return put_text(s, view); }, [&] { return Json(view); });
  }
  bool StartObject() { return open(Kind::object); }
  bool StartArray() { return open(Kind::list); }
  bool EndArray(rapidjson::SizeType) { return close(); }
  bool EndObject(rapidjson::SizeType) { return close(); }

  bool Key(const char* text, rapidjson::SizeType size, bool) {
    Frame& frame = stack_.back();
    if (!is_utf8({text, size})) return false;
    frame.key.assign(text, size);
    if (frame.skipping || frame.free) return true;
    if (frame.slot.type->kind == Kind::map) return true;
    frame.field = nullptr;
    const auto& fields = frame.slot.type->fields();
    for (std::size_t i = 0; i < fields.size(); ++i) {
      if (fields[i].name != frame.key) continue;
      if (!frame.seen.add(i)) throw invalid(pointer() + "/" + frame.key, "given twice");
      frame.field = &fields[i];
      return true;
    }
    if (reading_ == Reading::strict) {
      std::string known;
      for (const Field& field : fields)
        known += (known.empty() ? "" : ", ") + std::string(field.name);
      throw invalid(pointer() + "/" + frame.key, "is not known here; known are: " + known);
    }
    return true;
  }

  std::string pointer() const {
    std::string out;
    for (const Frame& frame : stack_) {
      if (&frame == &stack_.back() && !frame.entered) break;
      out += step(frame);
    }
    return out;
  }

 private:
  struct Slot {
    const Type* type = nullptr;
    void* value = nullptr;
    const FieldOptions* options = nullptr;
  };
  // Which fields of an object were given; without memory of its own for the first 64.
  class Seen {
   public:
    bool has(std::size_t field) const {
      if (field < 64) return (first_ >> field & 1) != 0;
      return field - 64 < rest_.size() && rest_[field - 64];
    }
    // False: it was given before.
    bool add(std::size_t field) {
      if (has(field)) return false;
      if (field < 64) {
        first_ |= std::uint64_t{1} << field;
      } else {
        if (rest_.size() <= field - 64) rest_.resize(field - 63);
        rest_[field - 64] = true;
      }
      return true;
    }

   private:
    std::uint64_t first_ = 0;
    std::vector<bool> rest_;
  };
  struct Frame {
    Slot slot;
    bool is_list = false;
    bool skipping = false;       // everything inside is ignored
    Json* free = nullptr;        // inside a Json member: the value under construction
    bool entered = false;        // an item or member of it is being read
    std::int64_t index = -1;
    std::string key;
    const Field* field = nullptr;
    Seen seen;
  };
  static inline const FieldOptions kNoOptions{};

  static std::string step(const Frame& frame) {
    return "/" + (frame.is_list ? std::to_string(frame.index) : frame.key);
  }

  // Where the next value goes; type null: it is skipped.
  Slot next_slot() {
    if (stack_.empty()) return root_;
    Frame& frame = stack_.back();
    frame.entered = true;
    if (frame.is_list) ++frame.index;
    if (frame.skipping || frame.free) return {};
    if (frame.slot.type->kind == Kind::object) {
      if (!frame.field) return {};
      return {&frame.field->type(), frame.field->at(frame.slot.value), &frame.field->options};
    }
    if (static_cast<std::int64_t>(frame.slot.type->size(frame.slot.value)) >=
        frame.slot.options->items_max)
      throw invalid(parent_pointer(), "has more than " +
                                          std::to_string(frame.slot.options->items_max) + " items");
    void* item = frame.slot.type->add(frame.slot.value, frame.key);
    return {&frame.slot.type->element(), item, frame.slot.options};
  }

  std::string parent_pointer() const {
    const std::string full = pointer();
    return full.substr(0, full.rfind('/'));
  }

  template <class Put, class Make>
  bool scalar(Put put, Make make, bool null = false) {
    Json* free = stack_.empty() ? nullptr : stack_.back().free;
    Slot slot = next_slot();
    if (free) {
      add_free(*free, make());
      return done();
    }
    if (!slot.type) return done();
    slot = unwrap(slot, null);
    if (slot.type->kind == Kind::json) {
      *static_cast<Json*>(slot.value) = make();
      return done();
    }
    if (!put(slot)) throw invalid(pointer(), "is out of range for its type");
    return done();
  }

  bool done() {
    if (!stack_.empty()) stack_.back().entered = false;
    return true;
  }

  Slot unwrap(Slot slot, bool null) {
    if (slot.type->kind != Kind::optional || null) return slot;
    return unwrap({&slot.type->element(), slot.type->add(slot.value, {}), slot.options}, false);
  }

  // The value as it stands in the free one that it belongs to, until a next one is added there.
  Json* add_free(Json& into, Json value) {
    if (reading_ == Reading::strict && ++free_values_ > kFreeValuesMax)
      throw invalid(free_pointer(), "holds more values than the " +
                                        std::to_string(kFreeValuesMax) + " that a document may");
    if (into.is_array())
      return const_cast<Json*>(&into.add(std::move(value)).items().back());
    into.append_member(stack_.back().key, std::move(value));
    return const_cast<Json*>(&into.members().back().second);
  }

  // Where the free value begins that is being read.
  std::string free_pointer() const {
    std::string out;
    for (const Frame& frame : stack_) {
      if (frame.free) break;
      out += step(frame);
    }
    return out;
  }

  bool open(Kind shape) {
    if (stack_.size() >= kJsonDepthMax) throw invalid(pointer(), "is nested too deeply");
    Json* free = stack_.empty() ? nullptr : stack_.back().free;
    Slot slot = next_slot();
    if (slot.type) slot = unwrap(slot, false);
    Frame frame;
    frame.is_list = shape == Kind::list;
    const Json empty = frame.is_list ? Json::array() : Json::object();
    if (free) {
      frame.free = add_free(*free, empty);
    } else if (!slot.type) {
      frame.skipping = true;
    } else if (slot.type->kind == Kind::json) {
      frame.free = static_cast<Json*>(slot.value);
      *frame.free = empty;
    } else {
      const bool fits = frame.is_list ? slot.type->kind == Kind::list
                                      : slot.type->kind == Kind::object ||
                                            slot.type->kind == Kind::map;
      if (!fits) wrong(slot, frame.is_list ? "an array" : "an object");
      frame.slot = slot;
      if (slot.type->kind != Kind::object) slot.type->clear(slot.value);
    }
    stack_.push_back(std::move(frame));
    return true;
  }

  bool close() {
    Frame& frame = stack_.back();
    frame.entered = false;
    if (frame.free)
      frame.free->settle_members();
    else if (frame.slot.type && !frame.skipping)
      check_closed(frame);
    stack_.pop_back();
    return done();
  }

  void check_closed(const Frame& frame) {
    const Type& type = *frame.slot.type;
    if (type.kind == Kind::object) {
      if (reading_ == Reading::lenient) return;
      const auto& fields = type.fields();
      for (std::size_t i = 0; i < fields.size(); ++i)
        if (fields[i].options.required && !frame.seen.has(i))
          throw invalid(pointer() + "/" + std::string(fields[i].name), "is required");
      return;
    }
    const auto size = static_cast<std::int64_t>(type.size(frame.slot.value));
    if (size < frame.slot.options->items_min)
      throw invalid(pointer(), "needs at least " + std::to_string(frame.slot.options->items_min) +
                                   " items");
  }

  bool wrong(const Slot& slot, std::string_view given) {
    static constexpr std::string_view kWords[] = {
        "a boolean", "an integer", "a number", "a text", "base64 text", "an RFC 3339 time",
        "one of the known names", "an object", "an array", "an object", "a value", "a value"};
    throw invalid(pointer(), "must be " + std::string(kWords[static_cast<int>(slot.type->kind)]) +
                                 ", not " + std::string(given));
  }

  bool put_null(Slot slot) {
    if (slot.type->kind == Kind::optional) {
      slot.type->clear(slot.value);
      return true;
    }
    return wrong(slot, "null");
  }

  void check_range(const Slot& slot, double value) {
    const auto shown = [](double limit) {
      std::string text = std::to_string(limit);
      text.erase(text.find_last_not_of('0') + 1);
      if (text.back() == '.') text.pop_back();
      return text;
    };
    if (slot.options->minimum && value < *slot.options->minimum)
      throw invalid(pointer(), "is less than " + shown(*slot.options->minimum));
    if (slot.options->maximum && value > *slot.options->maximum)
      throw invalid(pointer(), "is more than " + shown(*slot.options->maximum));
  }

  void check_length(const FieldOptions& options, std::string_view text) {
    // A character takes one to four bytes: mostly there is no need to count.
    const auto size = static_cast<std::int64_t>(text.size());
    if (size <= options.length_max && size / 4 >= options.length_min) return;
    const std::int64_t count = characters_of(text);
    if (count > options.length_max)
      throw invalid(pointer(), "is longer than " + std::to_string(options.length_max) +
                                   " characters");
    if (count < options.length_min)
      throw invalid(pointer(), options.length_min == 1
                                   ? "must not be empty"
                                   : "is shorter than " + std::to_string(options.length_min) +
                                         " characters");
  }

  bool put_integer(Slot slot, std::int64_t value) {
    switch (slot.type->kind) {
      case Kind::integer:
        check_range(slot, static_cast<double>(value));
        return slot.type->set_integer(slot.value, value);
      case Kind::number:
        check_range(slot, static_cast<double>(value));
        *static_cast<double*>(slot.value) = static_cast<double>(value);
        return true;
      case Kind::bytes:
        if (!spans_ || value < 0 || static_cast<std::size_t>(value) >= spans_->size())
          return wrong(slot, "a number");
        *static_cast<Bytes*>(slot.value) = (*spans_)[static_cast<std::size_t>(value)];
        return true;
      default:
        return wrong(slot, "a number");
    }
  }

  bool put_number(Slot slot, double value) {
    if (slot.type->kind != Kind::number || !std::isfinite(value))
      return wrong(slot, "a number with a fraction or beyond 64 bits");
    check_range(slot, value);
    *static_cast<double*>(slot.value) = value;
    return true;
  }

  bool put_text(Slot slot, std::string_view text) {
    switch (slot.type->kind) {
      case Kind::text: {
        check_length(*slot.options, text);
        if (!text.empty() && !fits_format(slot.options->format, text))
          throw invalid(pointer(), "is not a well-formed " + std::string(slot.options->format));
        if (text.find('\0') != std::string_view::npos)
          throw invalid(pointer(), "contains a zero character");
        static_cast<std::string*>(slot.value)->assign(text);
        return true;
      }
      case Kind::bytes: {
        auto content = from_base64(text);
        if (!content) return wrong(slot, "this text");
        *static_cast<Bytes*>(slot.value) = Bytes(std::move(*content));
        return true;
      }
      case Kind::time: {
        const auto time = from_rfc3339(text);
        if (!time) return wrong(slot, "this text");
        return slot.type->set_integer(slot.value, time->ms);
      }
      case Kind::enumeration: {
        const auto& names = slot.type->names();
        std::string known;
        for (std::size_t i = 0; i < names.size(); ++i) {
          if (names[i] == text)
            return slot.type->set_integer(slot.value, static_cast<std::int64_t>(i));
          known += (i ? ", " : "") + std::string(names[i]);
        }
        throw invalid(pointer(), "must be one of " + known);
      }
      default:
        return wrong(slot, "a text");
    }
  }

  Reading reading_;
  const Spans* spans_;
  Slot root_;
  std::vector<Frame> stack_;
  std::size_t free_values_ = 0;  // in free values, so far
};

}  // namespace detail
}  // namespace cinnabar
