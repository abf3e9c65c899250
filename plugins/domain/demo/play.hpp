// The main job, played over HTTP: accounts, a seal, an upload, a contract, filling, sealing,
// signing, and what comes out of it.
#pragma once

#include "accounts.hpp"
#include "http_client.hpp"

#include <filesystem>

namespace cinnabar {

// The accounts that a demonstration signs in with.
struct Cast {
  DemoPerson handler;  // signs for the enterprise
  DemoPerson person;   // signs for herself
  DemoEnterprise enterprise;
  std::string enterprise_id;
  std::string handler_token;
  std::string person_token;
};

// Registers everybody and makes the enterprise's seal. The mobile numbers and the credit code are
// new each time, so that a server may be played on again and again.
Cast make_cast(HttpClient& http);

// How the person signs unless something else is asked for: by a one-time code.
inline constexpr const char* kUsualMethod = "code";

// Plays the contract over the PDF and writes contract.pdf, evidence.zip (which can be checked
// offline), evidence.json and timeline.txt. `method`: an auth method that delivers a code.
void play_contract(HttpClient& http, const Cast& cast, const std::string& pdf,
                   const std::string& title, const std::string& method,
                   const std::filesystem::path& out);

}  // namespace cinnabar
