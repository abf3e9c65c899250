#include "field_rules.hpp"

#include "appearance.hpp"
#include "button_mark.hpp"

#include <cinnabar/pdf/limits.hpp>

namespace cinnabar::pdf {

namespace {

using Kind = Object::Kind;

bool is_timestamp(const Update& update, const Object& value) {
  const Object& signature = update.file.resolve(value, update.now);
  return signature.at("Type").is_name("DocTimeStamp") ||
         signature.at("SubFilter").is_name("ETSI.RFC3161");
}

bool rectangle_is_empty(const Update& update, const Object& widget) {
  const Object& rect = update.new_at(widget, "Rect");
  if (rect.items.size() != 4) return !widget.has("Rect");
  for (const Object& item : rect.items)
    if (!item.is_number()) return false;
  return rect.items[0].real == rect.items[2].real || rect.items[1].real == rect.items[3].real;
}

bool is_invisible(const Update& update, const Object& widget) {
  constexpr std::int64_t kHidden = 2;
  return rectangle_is_empty(update, widget) ||
         (update.new_at(widget, "F").integer & kHidden) != 0;
}

// Annotations of other kinds show their texts and lines without a look, and beyond their rectangle.
bool is_widget(const Update& update, const Object& node) {
  return !node.has("Subtype") || update.new_at(node, "Subtype").is_name("Widget");
}

// The widgets of a new field: itself, or kids that came with it.
bool collect_widgets(const Update& update, const Object& reference,
                     std::vector<const Object*>& widgets) {
  const Object& field = update.file.resolve(reference, update.now);
  const Object& kids = update.new_at(field, "Kids");
  if (!is_widget(update, field)) return false;
  if (kids.items.empty() || field.has("Rect") || field.has("AP")) widgets.push_back(&field);
  if (kids.items.empty()) return !field.has("Kids");
  for (const Object& kid : kids.items) {
    const Object& widget = update.file.resolve(kid, update.now);
    if (!update.is_fresh(kid) || widget.has("T") || widget.has("Kids") || widget.has("FT") ||
        widget.has("V") || !(widget.at("Parent") == reference) || widget.repeated_key ||
        !is_widget(update, widget))
      return false;
    widgets.push_back(&widget);
  }
  return true;
}

// A widget without a value of its own shows the value that it inherits.
bool inherits_new_signature(Update& update, std::int64_t number) {
  const FormField* field = update.field_now(number);
  if (field == nullptr || !looks_like_signature(*field->value)) return false;
  // One that stands inside a field came with this update: before it, nothing was inherited.
  return field->value_number == 0 || update.fresh.count(field->value_number) != 0;
}

const Object& value_now(Update& update, const FormField& field) {
  static const Object none;
  const FormField* now = update.field_now(field.number);
  return now == nullptr ? none : *now->value;
}

// A flag of a field, which it may inherit.
bool has_flag(const Update& update, const FormField& field, int bit) {
  const Object* node = field.node;
  for (int depth = 0; depth < kReferenceDepthMax; ++depth) {
    const Object& flags = update.old_at(*node, "Ff");
    if (flags.is(Kind::integer)) return (flags.integer >> (bit - 1) & 1) != 0;
    if (!node->has("Parent")) break;
    node = &update.old_at(*node, "Parent");
  }
  return false;
}

ShownTexts texts_of(const Update& update, const FormField& field, const Object& value) {
  constexpr int kPassword = 14, kCombo = 18;  // ISO 32000-2, 12.7.5.3 and 12.7.5.4
  ShownTexts out;
  out.any.push_back(to_utf8(value.text));
  out.masked = field.type == "Tx" && has_flag(update, field, kPassword);
  if (field.type != "Ch") return out;
  const bool combo = has_flag(update, field, kCombo);
  for (const Object& item : update.old_at(*field.node, "Opt").items) {
    const Object& option = update.file.resolve(item, update.then);
    const bool pair = option.is(Kind::array) && option.items.size() == 2;
    const std::string text =
        to_utf8(update.file.resolve(pair ? option.items[1] : option, update.then).text);
    const Object& exported = pair ? update.file.resolve(option.items[0], update.then) : option;
    if (!combo) out.lines.push_back(text);
    if (exported.text == value.text) out.any.push_back(text);
  }
  return out;
}

// A font that came with the update may draw any letter in the place of another.
bool fonts_are_honest(const Update& update, std::int64_t appearance) {
  const IndirectObject* stream = update.file.load(appearance, update.now);
  if (stream == nullptr) return false;
  const Object& fonts = update.new_at(update.new_at(stream->value, "Resources"), "Font");
  for (const Object& item : fonts.items) {
    const Object& font = update.file.resolve(item, update.now);
    if (item.is(Kind::reference) && !update.is_fresh(item)) continue;
    if (update.new_at(font, "Subtype").is_name("Type3") ||
        update.new_at(font, "Encoding").has("Differences"))
      return false;
  }
  return true;
}

bool look_is_fine(const Update& update, const FormField& field, const Object& old_look,
                  const Object& new_look, const Object& value) {
  if (old_look == new_look) return true;
  if (!same_but(old_look.is(Kind::null) ? new_look : old_look, new_look, {"N"})) return false;
  const Object& normal = new_look.at("N");
  if (normal == old_look.at("N")) return true;
  if (!update.is_fresh(normal) || !fonts_are_honest(update, normal.integer)) return false;
  return shows_only_text(update.file, normal.integer, update.now,
                         texts_of(update, field, value));
}

// A button's looks are all there; it chooses another one. Some programs draw that one anew.
bool button_look_is_fine(const Update& update, const Object& old_look, const Object& new_look,
                         const Object& state) {
  if (old_look == new_look) return true;
  const Object& old_states = update.old_at(old_look, "N");
  const Object& new_states = update.new_at(new_look, "N");
  if (!state.is(Kind::name) || !new_look.is(Kind::dictionary) ||
      !same_but(old_look, new_look, {"N"}) || !new_states.is(Kind::dictionary) ||
      old_states.keys != new_states.keys || !same_but(old_states, new_states, {state.text}))
    return false;
  const Object& shown = new_states.at(state.text);
  return update.is_fresh(shown) &&
         looks_marked(update.file, shown.integer, update.now, state.text != "Off");
}

}  // namespace

bool is_new_signature(const Update& update, const Object& value) {
  if (value.is(Kind::dictionary)) return looks_like_signature(value);
  return update.is_fresh(value) && looks_like_signature(update.file.resolve(value, update.now));
}

std::string new_field_fault(Update& update, const Object& reference) {
  const Object& field = update.file.resolve(reference, update.now);
  const Object& name = update.new_at(field, "T");
  if (!field.is(Kind::dictionary) || field.repeated_key || field.has("Parent") ||
      !update.new_at(field, "FT").is_name("Sig") || !name.is(Kind::string))
    return "field_list_changed";
  std::vector<const Object*> widgets;
  if (!collect_widgets(update, reference, widgets)) return "field_list_changed";
  const std::string known_as = to_utf8(name.text);
  for (const auto& [number, known] : update.roles.fields)
    if (known.name == known_as) return "field_name_repeated";
  const bool has_value = !update.file.resolve(field.at("V"), update.now).is(Kind::null);
  if (has_value && !is_new_signature(update, field.at("V"))) return "field_list_changed";
  bool visible = false;
  for (const Object* widget : widgets) {
    visible = visible || !is_invisible(update, *widget);
    if (!has_value && !is_invisible(update, *widget) &&
        !appearance_is_blank(update.file, update.new_at(*widget, "AP"), update.now))
      return "field_list_changed";
  }
  if (visible && has_value && is_timestamp(update, field.at("V"))) return "timestamp_is_visible";
  if (visible && (update.permissions.certified || update.permissions.locked(known_as)))
    return "field_added_after_certification";
  if (update.permissions.level == 1 && has_value && !is_timestamp(update, field.at("V")))
    return "signature_after_final_certification";
  for (const Object* widget : widgets)
    for (std::size_t i = 0; i < widget->keys.size(); ++i)
      if (widget->keys[i] == "A" || widget->keys[i] == "AA") return "field_has_actions";
  update.new_fields.insert(reference.integer);
  for (const Object& kid : update.new_at(field, "Kids").items)
    update.new_fields.insert(kid.integer);
  return {};
}

bool field_was_signed(Update& update, const FormField& field, const Object& node) {
  if (field.type != "Sig" || !field.value->is(Kind::null)) return false;
  if (!same_but(*field.node, node,
                {"V", "AP", "AS", "M", "F", "Ff", "MK", "DA", "P", "Type", "Lock", "Border",
                 "Rect"}))
    return false;
  // A field that showed nothing may vanish; it may not move.
  if (!(update.old_at(*field.node, "Rect") == update.new_at(node, "Rect")) &&
      !(field.node->at("AP").is(Kind::null) && rectangle_is_empty(update, node)))
    return false;
  for (const char* key : {"P", "Type", "Lock"})
    if (field.node->has(key) && !(update.old_at(*field.node, key) == update.new_at(node, key)))
      return false;
  const bool is_signed = node.has("V") ? is_new_signature(update, node.at("V"))
                                       : inherits_new_signature(update, field.number);
  if (!is_signed) return false;
  const FormField* now = update.field_now(field.number);
  if (now == nullptr) return false;
  const bool is_stamp = is_timestamp(update, *now->value);
  const bool stamped = is_stamp && is_invisible(update, node);
  if (is_stamp && !stamped &&
      !appearance_is_blank(update.file, update.new_at(node, "AP"), update.now))
    return false;
  if (!stamped && (update.permissions.level == 1 || update.permissions.locked(field.name)))
    return false;
  update.filled.insert(field.number);
  return true;
}

bool field_was_filled(Update& update, const FormField& field, const Object& node) {
  if (!update.permissions.may_fill || update.permissions.locked(field.name)) return false;
  if (field.type != "Tx" && field.type != "Btn" && field.type != "Ch") return false;
  if (!same_but(*field.node, node, {"V", "AP", "AS", "M", "I", "TI", "RV"})) return false;
  const Object& value = value_now(update, field);
  const bool changed = !(value == *field.value);
  if (field.type == "Btn") {
    constexpr std::int64_t kPushButton = 1 << 16;
    if ((update.new_at(node, "Ff").integer & kPushButton) != 0) return false;
    const Object& looks = update.old_at(update.old_at(*field.node, "AP"), "N");
    const Object& state = update.new_at(node, "AS");
    const bool says_value =
        state.is_name("Off") || (value.is(Kind::name) && value.text == state.text);
    const bool has_look = state.is_name("Off") || looks.has(state.text);
    const Object& old_look = update.old_at(*field.node, "AP");
    const Object& new_look = update.new_at(node, "AP");
    const bool look_may_change = changed || !(update.old_at(*field.node, "AS") == state);
    if ((!look_may_change && !(old_look == new_look)) ||
        !button_look_is_fine(update, old_look, new_look, state) ||
        (!state.is(Kind::null) && (!says_value || !has_look)))
      return false;
    update.filled.insert(field.number);
    return true;
  }
  if (value.is(Kind::dictionary) || value.is(Kind::array)) return false;
  if (!changed) return *field.node == node;
  if (!look_is_fine(update, field, update.old_at(*field.node, "AP"), update.new_at(node, "AP"),
                    value))
    return false;
  update.filled.insert(field.number);
  return true;
}

bool value_may_change(Update& update, std::int64_t number) {
  const std::int64_t holder = update.roles.values.at(number);
  const auto field = update.roles.fields.find(holder);
  if (field == update.roles.fields.end() || !update.permissions.may_fill ||
      update.permissions.locked(field->second.name))
    return false;
  if (!update.before(number).is(Kind::string) || !update.after(number).is(Kind::string))
    return false;
  update.filled.insert(holder);
  return true;
}

bool appearance_may_change(Update& update, std::int64_t number) {
  const auto found = update.roles.appearances.find(number);
  if (found == update.roles.appearances.end() || found->second == 0) return false;
  const auto field = update.roles.fields.find(found->second);
  if (field == update.roles.fields.end()) return false;
  const Object& value = value_now(update, field->second);
  if (value == *field->second.value) return false;  // a look may only follow its value
  if (update.file.entry(number, update.now) == nullptr) return true;  // replaced by another
  if (field->second.type == "Sig") {
    const Object& node = update.after(found->second);
    return field->second.value->is(Kind::null) && field_was_signed(update, field->second, node);
  }
  if (!update.permissions.may_fill || update.permissions.locked(field->second.name)) return false;
  if (field->second.type != "Tx" && field->second.type != "Ch") return false;
  update.filled.insert(found->second);
  // The dictionary of the looks may be an object of its own.
  const Object& own = field->second.node->at("AP");
  if (own.is(Kind::reference) && own.integer == number)
    return look_is_fine(update, field->second, update.before(number), update.after(number), value);
  return fonts_are_honest(update, number) &&
         shows_only_text(update.file, number, update.now,
                         texts_of(update, field->second, value));
}

}  // namespace cinnabar::pdf
