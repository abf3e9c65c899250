// The register of completed contracts: each gets the next number of its year, without gaps, as
// archives ask for it. Listens to the contracts' events; an event may come twice, and two may be
// worked on at once: the entry's key and the guarded counter see to it that each counts once.
// Thread-safety: any thread.
#pragma once

#include <cinnabar/domain_plugin.hpp>
#include <cinnabar/store.hpp>

#include <cstdio>

namespace contract_register {

struct RegisterConfig {
  std::string prefix;
};
CINNABAR_DESCRIBE(RegisterConfig, (prefix, length(0, 16)))

struct CounterRow {
  std::string owner;
  std::int64_t year = 0;
  std::int64_t last = 0;
};
CINNABAR_DESCRIBE(CounterRow, owner, year, last)
inline constexpr cinnabar::Table<CounterRow> kCounters{"register_counter"};

struct EntryRow {
  std::string owner;
  std::string contract;
  std::int64_t year = 0;
  std::int64_t number = 0;
  std::string text;
  cinnabar::Time completed;
};
CINNABAR_DESCRIBE(EntryRow, owner, contract, year, number, text, completed)
inline constexpr cinnabar::Table<EntryRow> kEntries{"register_entry"};

struct EntryView {
  std::string number;
  std::string contract;
  cinnabar::Time completed;
};
CINNABAR_DESCRIBE(EntryView, (number, doc("As the archive writes it."), example("HT-2026-0001")),
                  contract, completed)

struct RegisterView {
  std::vector<EntryView> entries;
};
CINNABAR_DESCRIBE(RegisterView, entries)

// What a contract's owner calls it.
inline std::string number_text(const std::string& prefix, std::int64_t year, std::int64_t number) {
  char text[32];
  std::snprintf(text, sizeof text, "%04d-%04d", static_cast<int>(year), static_cast<int>(number));
  return prefix + text;
}

// The calendar year in China, whose archives these are.
inline std::int64_t year_of(cinnabar::Time time) {
  constexpr std::int64_t kChinaMs = 8 * 3600 * 1000;
  return std::stoll(cinnabar::to_rfc3339(cinnabar::Time{time.ms + kChinaMs}).substr(0, 4));
}

class ContractRegister final : public cinnabar::DomainPlugin {
 public:
  explicit ContractRegister(cinnabar::Host& host) : DomainPlugin(host) {
    permission({"register.view", "See the register", "查看登记簿", false,
                {{"contract_administrator"}}});
    route("GET", "/register", "register.list", this, &ContractRegister::list)
        .summary("Completed contracts by number", "已完成合同登记簿")
        .may("register.view")
        .query("year", "Only those of that year");
    on("contract.completed", this, &ContractRegister::completed);
  }

  cinnabar::WriteSet completed(const cinnabar::StoredEvent& event, const cinnabar::Call& call) {
    cinnabar::WriteSet writes;
    const cinnabar::Store store(host(), call, event.owner);
    if (store.find(kEntries, "contract = ?", {event.aggregate})) return writes;
    CounterRow counter{store.owner(), year_of(event.at), 1};
    if (const auto present = store.find(kCounters, "year = ?", {counter.year})) {
      counter.last = present->last + 1;
      store.update(writes, kCounters, counter, "year = ? AND last = ?",
                   {counter.year, present->last});
    } else {
      store.insert(writes, kCounters, counter);
    }
    const std::string prefix = call.config<RegisterConfig>().prefix;
    store.insert(writes, kEntries,
                 {store.owner(), event.aggregate, counter.year, counter.last,
                  number_text(prefix, counter.year, counter.last), event.at});
    writes.events.push_back({"register.entered", event.aggregate, store.owner(), {},
                             cinnabar::Json::object().set("number", counter.last)});
    return writes;
  }

  cinnabar::Answer<RegisterView> list(const cinnabar::Request& request) {
    const cinnabar::Store store(host(), request.call, request.subject().owner());
    const std::string year = request.query("year");
    if (!year.empty() &&
        (year.size() != 4 || year.find_first_not_of("0123456789") != std::string::npos))
      throw cinnabar::Error("register.year_invalid", {{"year", year}}, "/year");
    const auto rows =
        year.empty() ? store.list(kEntries, "ORDER BY year, number LIMIT 1000")
                     : store.list(kEntries, "year = ? ORDER BY number LIMIT 1000",
                                  {std::int64_t{std::stoll(year)}});
    cinnabar::Answer<RegisterView> answer;
    for (const EntryRow& row : rows)
      answer.body.entries.push_back({row.text, row.contract, row.completed});
    return answer;
  }
};

}  // namespace contract_register
