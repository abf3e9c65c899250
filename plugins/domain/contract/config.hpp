// What an operator may set for contracts, and the limits that are not set. Values; any thread.
#pragma once

#include <cinnabar/describe.hpp>

namespace cinnabar::contract {

struct Config {
  std::int64_t file_size_max_mb = 50;
  int pages_max = 1'000;
  int parties_max = 5;
  int deadline_default_days = 30;
  int deadline_max_days = 366;
  std::string signature_level = "B-T";
  int time_zone_minutes = 480;  // of the dates drawn beside signatures: China
  std::int64_t archive_margin_days = 60;
  std::string platform_name = "Cinnabar";
  std::vector<std::string> auth_methods{"password", "code"};
  std::vector<std::string> methods_never_alone{"passkey"};
};
CINNABAR_DESCRIBE(
    Config, (file_size_max_mb, range(1, 500), doc("Largest upload, in MB.")),
    (pages_max, range(1, 5'000), doc("Most pages a document may have.")),
    (parties_max, range(1, 50), doc("Most parties a contract may have.")),
    (deadline_default_days, range(1, 366), doc("Time to sign when the draft names no deadline.")),
    (deadline_max_days, range(1, 366), doc("Longest time to sign.")),
    (signature_level, doc("PAdES baseline level: B-B, B-T, B-LT or B-LTA.")),
    (archive_margin_days, range(1, 3'650),
     doc("Archive timestamps are renewed so long before their certificate ends.")),
    (time_zone_minutes, range(-720, 840), doc("Offset from UTC of drawn signing dates.")),
    (platform_name, length(1, 64), doc("Common name of the certificate that certifies documents.")),
    (auth_methods, items(1, 20), doc("Signing authentication when a party names none.")),
    (methods_never_alone, items(0, 20),
     doc("Methods that may not be all that a party can choose from: a device may be lost.")))

// Files of one contract: all of them are signed in one act, which holds a request for that long.
inline constexpr int kFilesMax = 10;
// Controls of one contract: some three hundred pages with three controls each.
inline constexpr int kControlsMax = 1'000;
// A reason to refuse or revoke says something (four characters) and stays readable.
inline constexpr int kReasonMin = 4;
inline constexpr int kReasonMax = 200;
// Challenges of one party to a contract in an hour: each may send a message. How often answers may
// be wrong is counted apart, over all contracts (attempts.hpp).
inline constexpr int kChallengesPerHourMax = 10;
// Past its deadline by this much, a contract that is still open is stuck: the job had its tries.
inline constexpr std::int64_t kStuckAfterMs = 10 * 60'000;

}  // namespace cinnabar::contract
