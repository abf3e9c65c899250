#include "content.hpp"

#include "filters.hpp"

namespace cinnabar::pdf {

namespace {

// The ranges of a character map take 300, no operator of a page more than 33; what comes before is
// junk that readers drop.
constexpr std::size_t kOperandsMax = 400;

bool is_number(std::string_view word) {
  return !word.empty() && word.find_first_of("0123456789") != std::string_view::npos &&
         word.find_first_not_of("+-.0123456789") == std::string_view::npos;
}

// Readers take "--5" and "1.2.3" for some number; which one matters little here.
Object number_of(std::string_view word) {
  Object out;
  out.kind = Object::Kind::real;
  while (word.size() > 1 && (word[0] == '+' || (word[0] == '-' && word[1] == '-')))
    word.remove_prefix(1);
  const std::size_t point = word.find('.');
  if (point != std::string_view::npos) word = word.substr(0, word.find('.', point + 1));
  out.real = detail::decimal(word);
  return out;
}

}  // namespace

std::optional<std::string> stream_content(const File& file, const IndirectObject& stream,
                                          std::size_t limit) {
  try {
    return decode_content(stream.value, file.stream_data(stream), limit);
  } catch (const TooComplex&) {
    throw;
  } catch (const Malformed&) {
    return std::nullopt;
  }
}

std::string_view Operation::name() const {
  if (operands.empty() || !operands.back().is(Object::Kind::name)) return {};
  return operands.back().text;
}

std::string_view ContentReader::regular() const {
  std::size_t end = at_;
  while (end < content_.size() && detail::is_regular(static_cast<unsigned char>(content_[end])))
    ++end;
  return content_.substr(at_, end - at_);
}

void ContentReader::read_operand(Operation& out) {
  if (out.operands.size() >= kOperandsMax) out.operands.clear();
  Parser parser(content_, at_);
  try {
    out.operands.push_back(parser.read_object());
    at_ = parser.at();
  } catch (const Malformed&) {
    // What stands behind is read on its own, and so again.
    work_.spend(kFailureCost + kFailureCostPerByte * (parser.at() - at_));
    ++at_;
  }
}

void ContentReader::read_image(Operation& out) {
  out.word = "BI";
  for (;;) {
    Parser parser(content_, at_);
    parser.skip_space();
    at_ = parser.at();
    if (at_ >= content_.size()) return;
    const std::string_view word = regular();
    if (word.empty()) {
      read_operand(out);
      continue;
    }
    at_ += word.size();
    if (word == "ID") break;
    out.operands.emplace_back(is_number(word) ? number_of(word) : Object());
    if (word == "true") out.operands.back().integer = 1;
    if (out.operands.size() > kOperandsMax) return;
  }
  const std::size_t begin = std::min(at_ + 1, content_.size());
  const auto ends_at = [&](std::size_t at) {
    return is_pdf_space(static_cast<unsigned char>(content_[at - 1])) &&
           (at + 2 >= content_.size() ||
            is_pdf_space(static_cast<unsigned char>(content_[at + 2])));
  };
  std::size_t end = content_.find("EI", begin);
  while (end != std::string_view::npos && !ends_at(end)) end = content_.find("EI", end + 1);
  const std::size_t data_end = end == std::string_view::npos ? content_.size() : end;
  out.data = content_.substr(begin, data_end - begin);
  at_ = std::min(data_end + 2, content_.size());
}

bool ContentReader::next(Operation& out) {
  out.operands.clear();
  out.data = {};
  for (;;) {
    Parser parser(content_, at_);
    parser.skip_space();
    at_ = parser.at();
    if (at_ >= content_.size()) return false;
    const std::string_view word = regular();
    if (word.empty()) {
      read_operand(out);
      continue;
    }
    at_ += word.size();
    if (is_number(word)) {
      if (out.operands.size() >= kOperandsMax) out.operands.clear();
      out.operands.push_back(number_of(word));
      continue;
    }
    if (word == "true" || word == "false" || word == "null") continue;
    out.word = word;
    if (word == "BI") {
      out.operands.clear();
      read_image(out);
    }
    return true;
  }
}

}  // namespace cinnabar::pdf
