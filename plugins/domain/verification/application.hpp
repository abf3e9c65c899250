// One enterprise's application, from its table and into a write-set. Values of one call; not shared
// between threads.
#pragma once

#include "rows.hpp"

#include <cinnabar/domain_plugin.hpp>

namespace cinnabar {

inline constexpr int kPaymentsMax = 3, kTriesMax = 3;  // IDN-24
inline constexpr std::int64_t kLinkHoursMs = 24 * 3'600'000;
inline constexpr std::int64_t kCancelAfterMs = 48 * 3'600'000;
inline constexpr int kFilesMax = 10;

class Application {
 public:
  // `found`: throws "verification.none" when there is none.
  Application(Host& host, const Call& call, const std::string& enterprise, bool found = true);

  ApplicationRow row;
  WriteSet writes;
  const Store& store() const { return store_; }

  // Along the machine; raises the version. Somebody who was faster is a conflict.
  void step(Step step, const std::string& actor);
  // Writes the row as it is, at the same stage.
  void save();
  void event(const char* type, const std::string& actor, Json data = Json::object());
  // Puts something before the operators.
  void review(const char* what, const std::vector<std::string>& files);
  // Tells the applicant.
  void tell(const Call& call, const char* kind, const std::string& title, const std::string& text);

 private:
  void write();

  Host& host_;
  Store store_;
  std::int64_t seen_ = 0;  // version in the table; 0: no row yet
};

}  // namespace cinnabar
