// Requests and answers of the Time-Stamp Protocol (RFC 3161 2.4), and taking tokens apart. Pure
// functions.
#pragma once

#include "time_stamper.hpp"

namespace cinnabar::builtintsa {

// PKIFailureInfo, by its bit (RFC 3161 2.4.2).
enum class Failure {
  bad_algorithm = 0,
  bad_request = 2,
  bad_data_format = 5,
  time_not_available = 14,
  unaccepted_policy = 15,
  unaccepted_extension = 16,
  system_failure = 25
};

// Why a request is not served; thrown by what reads it.
struct Rejection {
  Failure failure;
  const char* text;
};

// Views into the request.
struct TimestampAsk {
  Imprint imprint;
  std::string_view policy;  // OBJECT IDENTIFIER, whole; empty: any
  std::string_view nonce;   // INTEGER, whole; empty: none
  bool certificates = false;
};

// Throws Rejection.
TimestampAsk parse_request(std::string_view request);

std::string granted(std::string_view token);
std::string rejected(const Rejection& rejection);

// A token as it is asked for without certReq.
std::string without_certificates(std::string_view token);
// The certificates of a token, its signer's first. Throws Error "der.malformed" or
// "timestamp.status_unknown" when there is no certificate of the signer.
std::vector<Bytes> chain_of(std::string_view token);

}  // namespace cinnabar::builtintsa
