#include "replay.hpp"

#include <sys/stat.h>

#include <cstring>
#include <fstream>
#include <map>
#include <memory>
#include <random>
#include <sstream>
#include <stdexcept>
#include <unordered_map>

namespace cinnabar::fault {

namespace {

// What a disk writes as one: a write that was under way may end after any of them.
constexpr std::uint64_t kSectorSize = 512;

struct Node;
using NodePointer = std::shared_ptr<Node>;
using Entries = std::map<std::string, NodePointer, std::less<>>;

struct FileChange {
  bool truncates = false;
  std::uint64_t offset = 0;  // or the new size
  std::string data;
};
struct EntryChange {
  std::string removed;  // may be empty
  std::string added;    // may be empty
  NodePointer node;
};

// A record of the log, taken from its beginning; false: what is left is no whole one.
struct Record {
  RecordHeader header;
  std::string name, name2;
  std::string_view data;  // of a write; shorter than its size where the log ends
};
bool take_record(std::string_view& log, Record& record) {
  if (log.size() < sizeof(RecordHeader)) return false;
  std::memcpy(&record.header, log.data(), sizeof record.header);
  const auto& [op, name_size, name2_size, reserved, file, offset, size] = record.header;
  log.remove_prefix(sizeof record.header);
  if (log.size() < std::uint64_t{name_size} + name2_size) return false;
  record.name = log.substr(0, name_size);
  record.name2 = log.substr(name_size, name2_size);
  log.remove_prefix(std::size_t{name_size} + name2_size);
  record.data = op == Op::write ? log.substr(0, size) : "";
  log.remove_prefix(record.data.size());
  return true;
}

// A file or a folder: what lasts, and what was changed since.
struct Node {
  bool is_folder = false;
  std::string content;
  std::vector<FileChange> changes;
  Entries entries;
  std::vector<EntryChange> entry_changes;
  Entries now;  // the entries as the process sees them
};

void make(std::string& content, const FileChange& change) {
  if (change.truncates) {
    content.resize(change.offset);
    return;
  }
  if (content.size() < change.offset + change.data.size())
    content.resize(change.offset + change.data.size());
  content.replace(change.offset, change.data.size(), change.data);
}

void make(Entries& entries, const EntryChange& change) {
  if (!change.removed.empty()) entries.erase(change.removed);
  if (!change.added.empty()) entries[change.added] = change.node;
}

class Disk {
 public:
  Disk() { root_->is_folder = true; }

  void carry_out(const Record& record) {
    const auto& [header, name, name2, data] = record;
    switch (header.op) {
      case Op::create: create(name, false, header.file); break;
      case Op::make_folder: create(name, true, 0); break;
      case Op::write:
        file(header.file).changes.push_back({false, header.offset, std::string(data)});
        break;
      case Op::truncate: file(header.file).changes.push_back({true, header.size, {}}); break;
      case Op::sync: sync(file(header.file)); break;
      case Op::sync_folder: sync_folder(*find(name)); break;
      case Op::rename: rename(name, name2); break;
      case Op::link: change(name2, {{}, base(name2), find(name)}); break;
      case Op::remove: change(name, {base(name), {}, {}}); break;
      case Op::mark: marks.push_back(name); break;
      default: throw std::runtime_error("the log holds an unknown record");
    }
  }

  void lose_some(std::uint64_t seed) {
    std::mt19937_64 random(seed);
    lose_some(*root_, random);
  }
  void lose_nothing() { lose_nothing(*root_); }

  void write_to(const std::filesystem::path& folder) const { write_to(*root_, folder); }

  std::vector<std::string> marks;

 private:
  static std::string parent(const std::string& name) {
    const std::size_t slash = name.find_last_of('/');
    return slash == std::string::npos ? "." : name.substr(0, slash);
  }
  static std::string base(const std::string& name) {
    const std::size_t slash = name.find_last_of('/');
    return slash == std::string::npos ? name : name.substr(slash + 1);
  }

  NodePointer find(const std::string& name) const {
    NodePointer at = root_;
    std::istringstream parts(name == "." ? "" : name);
    for (std::string part; std::getline(parts, part, '/');) {
      const auto found = at->now.find(part);
      if (found == at->now.end())
        throw std::runtime_error("the log does not say where " + name + " comes from");
      at = found->second;
    }
    return at;
  }
  Node& file(std::uint64_t inode) {
    const auto found = by_inode_.find(inode);
    if (found == by_inode_.end())
      throw std::runtime_error("the log does not say where a file comes from");
    return *found->second;
  }

  void change(const std::string& name, EntryChange change) {
    Node& folder = *find(parent(name));
    make(folder.now, change);
    folder.entry_changes.push_back(std::move(change));
  }
  void create(const std::string& name, bool is_folder, std::uint64_t inode) {
    const auto node = std::make_shared<Node>();
    node->is_folder = is_folder;
    if (!is_folder) by_inode_[inode] = node;
    change(name, {{}, base(name), node});
  }
  void rename(const std::string& from, const std::string& to) {
    const NodePointer node = find(from);
    if (parent(from) == parent(to)) return change(to, {base(from), base(to), node});
    change(to, {{}, base(to), node});
    change(from, {base(from), {}, {}});
  }

  static void sync(Node& node) {
    for (const FileChange& change : node.changes) make(node.content, change);
    node.changes.clear();
  }
  static void sync_folder(Node& node) {
    for (const EntryChange& change : node.entry_changes) make(node.entries, change);
    node.entry_changes.clear();
  }

  static void lose_some(Node& node, std::mt19937_64& random) {
    if (node.is_folder) {
      const std::size_t kept = random() % (node.entry_changes.size() + 1);
      for (std::size_t i = 0; i < kept; ++i) make(node.entries, node.entry_changes[i]);
      for (auto& [name, child] : node.entries) lose_some(*child, random);
      return;
    }
    for (FileChange& change : node.changes) {
      const auto fate = random() % 4;  // lost, torn, or whole twice as likely
      if (fate == 0) continue;
      const std::uint64_t sectors = change.data.size() / kSectorSize;
      if (fate == 1 && !change.truncates)
        change.data.resize(sectors == 0 ? 0 : random() % sectors * kSectorSize);
      if (change.truncates || !change.data.empty()) make(node.content, change);
    }
    node.changes.clear();
  }

  static void lose_nothing(Node& node) {
    sync(node);
    sync_folder(node);
    for (auto& [name, child] : node.entries) lose_nothing(*child);
  }

  static void write_to(const Node& node, const std::filesystem::path& path) {
    if (!node.is_folder) {
      std::ofstream file(path, std::ios::binary);
      ::chmod(path.c_str(), 0600);
      if (!(file << node.content).flush())
        throw std::runtime_error("cannot write " + path.string());
      return;
    }
    std::filesystem::create_directories(path);
    ::chmod(path.c_str(), 0700);
    for (const auto& [name, child] : node.entries) write_to(*child, path / name);
  }

  NodePointer root_ = std::make_shared<Node>();
  std::unordered_map<std::uint64_t, NodePointer> by_inode_;
};

}  // namespace

std::vector<std::string> play_back(std::string_view log, const Cut& cut,
                                   const std::filesystem::path& folder) {
  Disk disk;
  log = log.substr(0, cut.at);
  for (Record record; take_record(log, record);) disk.carry_out(record);
  if (cut.lost == Lost::some) disk.lose_some(cut.seed);
  if (cut.lost == Lost::nothing) disk.lose_nothing();
  disk.write_to(folder);
  return std::move(disk.marks);
}

std::string without_syncs(std::string_view log,
                          const std::function<bool(Op, const std::string&)>& left_out) {
  std::string out;
  Record record;
  for (std::string_view rest = log; !rest.empty();) {
    const std::string_view before = rest;
    if (!take_record(rest, record)) break;
    const Op op = record.header.op;
    if ((op == Op::sync || op == Op::sync_folder) && left_out(op, record.name)) continue;
    out += before.substr(0, before.size() - rest.size());
  }
  return out;
}

std::vector<std::uint64_t> ends_of_marks(std::string_view log) {
  std::vector<std::uint64_t> ends;
  std::string_view rest = log;
  for (Record record; take_record(rest, record);)
    if (record.header.op == Op::mark) ends.push_back(log.size() - rest.size());
  return ends;
}

std::string read_log(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  std::string log(file ? static_cast<std::size_t>(file.tellg()) : 0, '\0');
  file.seekg(0);
  if (!file.read(log.data(), static_cast<std::streamsize>(log.size())))
    throw std::runtime_error("no log at " + path.string());
  return log;
}

}  // namespace cinnabar::fault
