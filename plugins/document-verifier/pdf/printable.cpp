#include "printable.hpp"

#include <cinnabar/text.hpp>

namespace cinnabar::pdf {

namespace {

// In bytes; the longest names of fields that we saw have 200.
constexpr std::size_t kTextMax = 1'000;
constexpr std::string_view kReplaced = "\xEF\xBF\xBD";  // U+FFFD

// C0 and C1 controls, and what Unicode has for lines and directions.
bool is_control(std::string_view character) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(character[i]); };
  if (character.size() == 1) return byte(0) < 0x20 || byte(0) == 0x7F;
  if (character.size() == 2) return byte(0) == 0xC2 && byte(1) < 0xA0;
  if (character.size() != 3 || byte(0) != 0xE2) return false;
  const int last = byte(2);
  return (byte(1) == 0x80 && (last == 0x8E || last == 0x8F || (last >= 0xA8 && last <= 0xAE))) ||
         (byte(1) == 0x81 && last >= 0xA6 && last <= 0xA9);
}

void each_text(CertificateReport& one, const auto& visit) {
  for (std::string* text : {&one.subject, &one.issuer, &one.serial}) visit(*text);
}

void each_text(TrustReport& trust, const auto& visit) {
  for (CertificateReport& one : trust.chain) each_text(one, visit);
}

}  // namespace

std::string printable(std::string_view text) {
  const std::string fit = shortened_text(text, kTextMax);
  std::string out;
  for (std::string_view rest = fit; !rest.empty();) {
    const std::string_view character = rest.substr(0, utf8_character_size(rest));
    out += is_control(character) ? kReplaced : character;
    rest.remove_prefix(character.size());
  }
  return text.size() > kTextMax ? out + "\xE2\x80\xA6" : out;
}

void make_printable(VerifyReport& report) {
  const auto clean = [](std::string& text) { text = printable(text); };
  for (std::string& problem : report.problems) clean(problem);
  for (SignatureReport& one : report.signatures) {
    for (std::string* text : {&one.field, &one.signer, &one.issuer, &one.sub_filter, &one.reason,
                              &one.claimed_time, &one.timestamp, &one.time.authority,
                              &one.algorithm.digest, &one.algorithm.key})
      clean(*text);
    each_text(one.trust, clean);
    each_text(one.time.trust, clean);
    for (ChangeReport& change : one.changes) clean(change.field);
    for (std::string& problem : one.problems) clean(problem);
  }
}

}  // namespace cinnabar::pdf
