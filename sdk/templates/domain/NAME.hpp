// @title@: a piece of business with two routes, a table and an event: notes that an owner keeps.
// Structs are described once; parsing, validation, OpenAPI and table columns follow from that. A
// command changes nothing itself: it returns a write-set, which the kernel commits at once.
// Thread-safety: any thread.
#pragma once

#include <cinnabar/domain_plugin.hpp>
#include <cinnabar/store.hpp>

namespace @ident@_plugin {

struct NewNote {
  std::string text;
};
CINNABAR_DESCRIBE(NewNote, (text, required, length(1, 1'000), doc("What is to be remembered.")))

// A row of the table, and what a client sees of it.
struct NoteRow {
  std::string id;
  std::string owner;
  std::string author;
  std::string text;
  cinnabar::Time created;
};
CINNABAR_DESCRIBE(NoteRow, id, owner, author, text, created)
inline constexpr cinnabar::Table<NoteRow> kNotes{"@ident@_note"};

struct NoteList {
  std::vector<NoteRow> notes;
};
CINNABAR_DESCRIBE(NoteList, notes)

class @Class@ final : public cinnabar::DomainPlugin {
 public:
  static constexpr std::int64_t kNotesMax = 100;  // of an owner

  explicit @Class@(cinnabar::Host& host) : DomainPlugin(host) {
    permission({"@name@.use", "Read and write notes", "使用记录", false, {{"business_staff"}}});
    route("POST", "/@name@/notes", "@name@.write", this, &@Class@::write)
        .summary("Writes a note", "写一条记录")
        .may("@name@.use")
        .idempotent()
        .audited()
        .status(201);
    route("GET", "/@name@/notes", "@name@.list", this, &@Class@::list)
        .summary("The owner's notes, newest first", "记录列表")
        .may("@name@.use");
  }

  cinnabar::Answer<NoteRow> write(const NewNote& in, const cinnabar::Request& request) {
    const cinnabar::Store store(host(), request.call, request.subject().owner());
    const cinnabar::Rows count = host().query(
        request.call, "SELECT COUNT(*) FROM @ident@_note WHERE owner = ?", {store.owner()});
    if (count.rows.at(0).at(0).integer() >= kNotesMax)
      throw cinnabar::Error("@ident@.too_many", {{"most", std::to_string(kNotesMax)}});
    cinnabar::Answer<NoteRow> answer;
    answer.body = {host().new_id("note"), store.owner(), request.subject().person, in.text,
                   host().now()};
    store.insert(answer.writes, kNotes, answer.body);
    // Kept for ever, in a chain of hashes: no personal data in clear.
    answer.writes.events.push_back({"@ident@.written", answer.body.id, store.owner(),
                                    request.subject().person, cinnabar::Json::object()});
    return answer;
  }

  cinnabar::Answer<NoteList> list(const cinnabar::Request& request) {
    const cinnabar::Store store(host(), request.call, request.subject().owner());
    cinnabar::Answer<NoteList> answer;
    answer.body.notes = store.list(kNotes, "ORDER BY id DESC LIMIT 100");
    return answer;
  }
};

}  // namespace @ident@_plugin
