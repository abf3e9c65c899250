#include "signature_text.hpp"

#include <cinnabar/bytes.hpp>

#include <algorithm>
#include <charconv>

namespace cinnabar::apikeys {
namespace {

constexpr std::size_t kInputSizeMax = 2'000;  // some fifty headers covered
constexpr std::size_t kNameSizeMax = 64;

// Reads a text from its front, strictly.
class Cursor {
 public:
  explicit Cursor(std::string_view rest) : rest_(rest) {}
  bool done() const { return rest_.empty(); }
  bool take(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  void expect(char c) {
    if (!take(c)) throw malformed(std::string("Signature-Input lacks ") + c);
  }
  // Of a quoted text what is between the quotes: visible ASCII without quotes and backslashes.
  std::string quoted() {
    expect('"');
    const std::size_t end = rest_.find('"');
    const std::string_view text = rest_.substr(0, end);
    const auto plain = [](char c) { return c > 0x20 && c < 0x7f && c != '\\'; };
    const bool good = end != std::string_view::npos && !text.empty() &&
                      text.size() <= kNameSizeMax && std::all_of(text.begin(), text.end(), plain);
    if (!good) throw malformed("a text in Signature-Input is not 1 to 64 visible characters");
    rest_.remove_prefix(end + 1);
    return std::string(text);
  }
  std::string word() {
    std::size_t size = 0;
    while (size < rest_.size() && rest_[size] >= 'a' && rest_[size] <= 'z') ++size;
    const std::string out(rest_.substr(0, size));
    rest_.remove_prefix(size);
    return out;
  }
  std::int64_t seconds() {
    std::int64_t value = 0;
    const auto read = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
    if (read.ec != std::errc() || value < 0) throw malformed("a time is not in whole seconds");
    rest_.remove_prefix(static_cast<std::size_t>(read.ptr - rest_.data()));
    return value;
  }

 private:
  std::string_view rest_;
};

void read_parameter(Cursor& cursor, const std::string& name, Signature& out) {
  if (name == "created") {
    out.created = cursor.seconds();
  } else if (name == "expires") {
    out.expires = cursor.seconds();
  } else if (name == "keyid") {
    out.key_id = cursor.quoted();
  } else if (name == "alg") {
    if (cursor.quoted() != "hmac-sha256") throw malformed("alg is not hmac-sha256");
  } else if (name == "nonce") {
    cursor.quoted();
  } else {
    throw malformed("the parameter \"" + name + "\" is not known here");
  }
}

}  // namespace

Error malformed(std::string reason) {
  return Error("api_key.signature_malformed", {{"reason", std::move(reason)}});
}

std::string trimmed(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return std::string(text);
}

std::pair<std::string, std::string> labelled(std::string_view text, const char* header) {
  const std::string all = trimmed(text);
  const std::size_t equals = all.find('=');
  const std::string label = all.substr(0, equals);
  const bool good = equals != std::string::npos && !label.empty() && label[0] >= 'a' &&
                    label[0] <= 'z' && label.size() <= kNameSizeMax &&
                    all.size() <= kInputSizeMax &&
                    label.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_-.*") ==
                        std::string::npos;
  if (!good) throw malformed(std::string(header) + " is not a label with a value");
  return {label, all.substr(equals + 1)};
}

std::string byte_sequence(std::string_view text, const char* header) {
  const bool framed = text.size() >= 2 && text.front() == ':' && text.back() == ':';
  const auto bytes = framed ? from_base64(text.substr(1, text.size() - 2)) : std::nullopt;
  if (!bytes) throw malformed(std::string(header) + " is not :base64:");
  return *bytes;
}

Signature read_parameters(std::string_view text) {
  Signature out;
  out.parameters = std::string(text);
  Cursor cursor(text);
  cursor.expect('(');
  while (!cursor.take(')')) {
    if (!out.components.empty()) cursor.expect(' ');
    std::string name = cursor.quoted();
    const bool again =
        std::find(out.components.begin(), out.components.end(), name) != out.components.end();
    const bool upper = std::any_of(name.begin(), name.end(),
                                   [](char c) { return c >= 'A' && c <= 'Z'; });
    if (again || upper) throw malformed("the component " + name + " stands twice or in capitals");
    out.components.push_back(std::move(name));
  }
  std::vector<std::string> seen;
  while (!cursor.done()) {
    cursor.expect(';');
    const std::string name = cursor.word();
    if (std::find(seen.begin(), seen.end(), name) != seen.end())
      throw malformed("the parameter " + name + " stands twice");
    cursor.expect('=');
    read_parameter(cursor, name, out);
    seen.push_back(name);
  }
  if (out.key_id.empty() || out.created == 0) throw malformed("keyid and created are needed");
  return out;
}

}  // namespace cinnabar::apikeys
