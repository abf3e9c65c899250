// Reads a CMS object and the certificates that it brings.
//
// Any thread. OpenSSL decodes the key of each certificate as it reads it, which takes four times as
// long as checking a signature; the certificates of authorities come along with every signature.
// So they are cut out and read apart, through read_certificate, which remembers. Source: RFC 5652.
#pragma once

#include "openssl.hpp"

#include <vector>

namespace cinnabar::pdf {

struct Container {
  Ssl<CMS_ContentInfo> cms;  // null: malformed. Its own set of certificates says nothing.
  std::vector<Ssl<X509>> certificates;
  std::size_t size = 0;  // bytes that it takes of those given
};

Container read_container(std::string_view der);

// The bytes that the first value takes, also when its length is open (X.690, 8.1.3.6); all of them
// when it is wrong.
std::size_t value_size(std::string_view bytes);

}  // namespace cinnabar::pdf
