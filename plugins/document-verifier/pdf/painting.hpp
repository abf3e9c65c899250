// What a page shows, and what a look hides: content streams, carried out as far as that needs.
//
// Uses the File's cache, so: one thread. Content that cannot be read ends its stream; what was
// found before it counts. Positions are in default user space. Source: ISO 32000-2, 8, 9, 11 and
// 12.5.5.
#pragma once

#include "text.hpp"

namespace cinnabar::pdf {

// An area that is painted, and how much of what lies below still shows through: 0 nothing.
struct Area {
  Path path;
  Box box;  // around it
  double lets_through = 0;
  std::vector<std::shared_ptr<const Path>> clips;
};

struct Painting {
  std::vector<Letter> letters;
  std::vector<Path> images;  // wherever one was placed, whatever it shows
  std::vector<Area> areas;
  std::size_t points = 0;  // of all areas
  bool unread = false;     // there is more, which could not be read or was too much
};

// The page's own content as of a revision, added to `out`.
void paint_page(const File& file, std::size_t revision, const Object& page, Work& work,
                Painting& out);

// An appearance stream in its rectangle, added to `out`.
void paint_look(const File& file, std::size_t revision, std::int64_t stream, const Box& rectangle,
                Work& work, Painting& out);

// The numbers of an array; empty when one is none.
std::vector<double> numbers_at(const File& file, std::size_t revision, const Object& dictionary,
                               std::string_view key);

// The look hides the point: what shows through all its areas is next to nothing. Costs work.
bool hides(const Painting& look, Point point, Work& work);

}  // namespace cinnabar::pdf
