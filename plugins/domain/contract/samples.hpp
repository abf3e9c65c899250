// Small contracts for tests of pure functions.
#pragma once

#include "model.hpp"

namespace cinnabar::contract {

inline PartyRow sample_party(std::string id, PartyKind kind, int position) {
  PartyRow party;
  party.id = std::move(id);
  party.kind = kind;
  party.position = position;
  party.name = "李雪";
  party.mobile = "15000002222";
  if (kind == PartyKind::enterprise) party.enterprise_name = "朱砂有限公司";
  return party;
}

inline Control sample_control(std::string id, std::string party, ControlKind kind) {
  Control control;
  control.id = std::move(id);
  control.party = std::move(party);
  control.file = "fil_1";
  control.kind = kind;
  if (kind != ControlKind::page_seal) {
    control.page = 1;
    control.rect = PageRect{10'000, 10'000, 130'000, 130'000};
  }
  return control;
}

// Two A4 pages, "fil_1"; a company that seals and a person who fills in and signs.
inline FileRow sample_file(int pages = 2) {
  FileRow file;
  file.id = "fil_1";
  file.name = "a.pdf";
  file.pages.assign(static_cast<std::size_t>(pages), PageSize{595'276, 841'890, 0});
  return file;
}

inline Contract sample_contract() {
  Contract contract;
  contract.row.id = "con_1";
  contract.row.owner = "ent_1";
  contract.row.name = "采购合同";
  contract.content.files = {"fil_1"};
  contract.parties = {sample_party("company", PartyKind::enterprise, 1),
                      sample_party("person", PartyKind::person, 2)};
  contract.parties[1].seat = 1;
  contract.content.controls = {sample_control("seal", "company", ControlKind::enterprise_seal),
                               sample_control("place", "person", ControlKind::text),
                               sample_control("signature", "person",
                                              ControlKind::personal_signature)};
  return contract;
}

}  // namespace cinnabar::contract
