// The rows of the evidence plugin, and its configuration. Values.
#pragma once

#include <cinnabar/platform_credential.hpp>
#include <cinnabar/store.hpp>

namespace cinnabar::evidence {

struct Config {
  std::string platform_name = "Cinnabar";
  std::string signature_level = "B-T";
  std::int64_t time_zone_minutes = 480;
};
CINNABAR_DESCRIBE(Config, platform_name, signature_level, time_zone_minutes)

inline constexpr PlatformCredentials kCredentials{"evidence_credential", false};

struct TraceRow {
  std::string id;
  std::string owner;
  std::string contract;
  std::string address;
  std::string user_agent;
  std::string salt;  // empty: erased
  std::string person;
};
CINNABAR_DESCRIBE(TraceRow, id, owner, contract, address, user_agent, salt, person)
inline constexpr Table<TraceRow> kTraces{"evidence_trace"};

struct ReportRow {
  std::string contract;
  std::string owner;
  std::string base;     // blob ids
  std::string segment;
  std::string sha256;   // of both together
  Time made;
};
CINNABAR_DESCRIBE(ReportRow, contract, owner, base, segment, sha256, made)
inline constexpr Table<ReportRow> kReports{"evidence_report"};

}  // namespace cinnabar::evidence
