// Reading: lists, one contract, its documents as files, pictures and text. Any thread.
#pragma once

#include "view.hpp"

namespace cinnabar::contract {

struct ContractSummary {
  std::string id;
  std::string name;
  State state = State::draft;
  std::string relation;
  bool turn = false;
  Time created;
  Time updated;
  Time deadline;
};
CINNABAR_DESCRIBE(ContractSummary, id, name, state, (relation, doc("owner or party")),
                  (turn, doc("It waits for the caller's side.")), created, updated, deadline)

struct ContractPage {
  std::vector<ContractSummary> contracts;
  std::string next;
};
CINNABAR_DESCRIBE(ContractPage, contracts, (next, doc("Cursor of the next page; empty: the last.")))

struct DocumentPages {
  std::vector<std::string> pages;
};
CINNABAR_DESCRIBE(DocumentPages, (pages, items(0, 10'000), doc("The text of each page.")))

class Reading {
 public:
  explicit Reading(Office& office) : office_(office) {}

  Answer<ContractPage> list(const Request& request);
  Answer<ContractView> view(const Request& request);
  FileAnswer document(const Request& request);
  FileAnswer page(const Request& request);
  Answer<DocumentPages> text(const Request& request);

 private:
  Office& office_;
};

}  // namespace cinnabar::contract
