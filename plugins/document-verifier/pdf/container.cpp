#include "container.hpp"

#include <algorithm>
#include <optional>

namespace cinnabar::pdf {

namespace {

// A chain has three or four; some send a whole trust list along.
constexpr int kCertificatesMax = 200;
// Values of open length inside of each other; those that we saw have five.
constexpr int kOpenMax = 30;

// One value of definite length, with its head.
struct Element {
  int tag = 0;
  int kind = 0;
  std::string_view head;
  std::string_view content;
};

// Takes the next value off the front; nothing when there is none, or when its length is open.
std::optional<Element> take(std::string_view& bytes) {
  const unsigned char *begin = octets(bytes), *at = begin;
  long size = 0;
  Element out;
  const int result = ASN1_get_object(&at, &size, &out.tag, &out.kind,
                                     static_cast<long>(bytes.size()));
  if ((result & 0x80) != 0 || (result & 1) != 0) return std::nullopt;
  const auto head = static_cast<std::size_t>(at - begin);
  out.head = bytes.substr(0, head);
  out.content = bytes.substr(head, static_cast<std::size_t>(size));
  bytes.remove_prefix(head + static_cast<std::size_t>(size));
  return out;
}

bool is_sequence(const std::optional<Element>& one) {
  return one && one->tag == V_ASN1_SEQUENCE && one->kind == V_ASN1_UNIVERSAL;
}

std::string wrapped(std::string_view head, std::string_view content) {
  std::string out(1, head.front());
  std::string length;
  for (std::size_t rest = content.size(); rest > 0; rest >>= 8)
    length.insert(length.begin(), static_cast<char>(rest & 255));
  if (content.size() >= 128)
    out += static_cast<char>(0x80 | length.size());
  else if (content.empty())
    out += '\0';
  return out + length + std::string(content);
}

struct Pieces {
  std::string without;            // the object without its certificates
  std::string_view certificates;  // one after the other
  std::size_t size = 0;
};

bool is_signed_data(const Element& type) {
  const std::string der = std::string(type.head) + std::string(type.content);
  const unsigned char* at = octets(der);
  const std::unique_ptr<ASN1_OBJECT, void (*)(ASN1_OBJECT*)> object(
      d2i_ASN1_OBJECT(nullptr, &at, static_cast<long>(der.size())), ASN1_OBJECT_free);
  return object != nullptr && OBJ_obj2nid(object.get()) == NID_pkcs7_signed;
}

// Nothing when the object is no SignedData, has no certificates, or has lengths that are open.
std::optional<Pieces> cut(std::string_view der) {
  std::string_view rest = der;
  const auto whole = take(rest);
  if (!is_sequence(whole)) return std::nullopt;
  std::string_view inner = whole->content;
  const auto type = take(inner);
  const auto tagged = take(inner);
  if (!type || type->tag != V_ASN1_OBJECT || !tagged || !inner.empty() || tagged->tag != 0 ||
      tagged->kind != V_ASN1_CONTEXT_SPECIFIC || !is_signed_data(*type))
    return std::nullopt;
  inner = tagged->content;
  const auto data = take(inner);
  if (!is_sequence(data) || !inner.empty()) return std::nullopt;
  inner = data->content;
  for (int i = 0; i < 3; ++i)  // version, digestAlgorithms, encapContentInfo
    if (!take(inner)) return std::nullopt;
  const std::size_t before = data->content.size() - inner.size();
  const auto certificates = take(inner);
  if (!certificates || certificates->tag != 0 || certificates->kind != V_ASN1_CONTEXT_SPECIFIC)
    return std::nullopt;
  // A second set would take the place of the first in what is left.
  std::string_view behind = inner;
  const auto next = take(behind);
  if (next && next->tag == 0 && next->kind == V_ASN1_CONTEXT_SPECIFIC) return std::nullopt;
  Pieces out;
  out.certificates = certificates->content;
  out.size = der.size() - rest.size();
  const std::string slim = std::string(data->content.substr(0, before)) + std::string(inner);
  const std::string type_text = std::string(type->head) + std::string(type->content);
  out.without = wrapped(
      whole->head, type_text + wrapped(tagged->head, wrapped(data->head, slim)));
  return out;
}

Container read_whole(std::string_view der) {
  Container out;
  const unsigned char* at = octets(der);
  out.cms.reset(d2i_CMS_ContentInfo(nullptr, &at, static_cast<long>(der.size())));
  if (out.cms == nullptr) return out;
  out.size = static_cast<std::size_t>(at - octets(der));
  const Ssl<STACK_OF(X509)> certificates(CMS_get1_certs(out.cms.get()));
  for (int i = 0; i < std::min(sk_X509_num(certificates.get()), kCertificatesMax); ++i) {
    unsigned char* one = nullptr;
    const int size = i2d_X509(sk_X509_value(certificates.get(), i), &one);
    if (size <= 0) continue;
    Ssl<X509> certificate =
        read_certificate({reinterpret_cast<char*>(one), static_cast<std::size_t>(size)});
    OPENSSL_free(one);
    if (certificate != nullptr) out.certificates.push_back(std::move(certificate));
  }
  return out;
}

}  // namespace

std::size_t value_size(std::string_view bytes) {
  std::string_view rest = bytes;
  int open = 0;  // values whose end is still to come
  do {
    const unsigned char* at = octets(rest);
    long size = 0;
    int tag = 0, kind = 0;
    const int result =
        ASN1_get_object(&at, &size, &tag, &kind, static_cast<long>(rest.size()));
    if ((result & 0x80) != 0 || open > kOpenMax) return bytes.size();
    rest.remove_prefix(static_cast<std::size_t>(at - octets(rest)));
    const bool ends_one = open > 0 && tag == 0 && kind == V_ASN1_UNIVERSAL && size == 0;
    if ((result & 1) != 0) {
      ++open;
    } else if (ends_one) {
      --open;
    } else {
      rest.remove_prefix(static_cast<std::size_t>(size));
    }
  } while (open > 0 && !rest.empty());
  return open > 0 ? bytes.size() : bytes.size() - rest.size();
}

// What is not as it mostly is goes to OpenSSL whole: it alone says what is malformed.
Container read_container(std::string_view der) {
  const std::optional<Pieces> pieces = cut(der);
  if (!pieces) return read_whole(der);
  Container out;
  std::string_view rest = pieces->certificates;
  while (!rest.empty()) {
    const std::string_view begin = rest;
    const auto one = take(rest);
    if (!is_sequence(one)) return read_whole(der);  // a certificate of another kind
    if (out.certificates.size() >= std::size_t{kCertificatesMax}) continue;
    Ssl<X509> certificate = read_certificate(begin.substr(0, begin.size() - rest.size()));
    if (certificate == nullptr) return read_whole(der);
    out.certificates.push_back(std::move(certificate));
  }
  const unsigned char* at = octets(pieces->without);
  const auto size = static_cast<long>(pieces->without.size());
  out.cms.reset(d2i_CMS_ContentInfo(nullptr, &at, size));
  if (out.cms == nullptr || at != octets(pieces->without) + size) return read_whole(der);
  out.size = pieces->size;
  return out;
}

}  // namespace cinnabar::pdf
