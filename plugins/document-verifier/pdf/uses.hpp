// Who refers to the objects that updates touch, as of one revision, carried on from revision to
// revision.
//
// Uses the File's cache, so: one thread. An update may only change objects whose every use is
// known: a harmless object that a page shows too would be a way to change the page.
#pragma once

#include <cinnabar/pdf/file.hpp>

#include <map>
#include <set>

namespace cinnabar::pdf {

struct Use {
  std::int64_t holder = 0;
  // Of the nearest dictionary; empty in an array that is an object; "?" in an object that could
  // not be read.
  std::string key;
};

class Uses {
 public:
  Uses(const File& file, std::size_t revision, std::set<std::int64_t> wanted);

  // Takes in the next revision.
  void advance();

  std::size_t revision() const { return revision_; }
  const std::vector<Use>& of(std::int64_t number) const;

 private:
  void add(std::int64_t holder);
  void drop(std::int64_t holder);

  const File& file_;
  std::size_t revision_;
  std::set<std::int64_t> wanted_;
  std::map<std::int64_t, std::vector<Use>> uses_;
  std::map<std::int64_t, std::set<std::int64_t>> held_;  // holder -> wanted objects it refers to
};

}  // namespace cinnabar::pdf
