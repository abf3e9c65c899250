// KeyFile: the installation's keys for personal data, in `personal.key` of the plugin's data
// folder, which servers of one database share: the wrapping keys, the newest first, under which
// people's keys lie in the database, and the key of the blind index. Who has the database alone can
// read nothing of it. A line each: "cinnabar-personal-wrapping 1 <64 hex digits>" and
// "cinnabar-personal-index 1 <64 hex digits>". Any thread.
#pragma once

#include <filesystem>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

namespace cinnabar {

class KeyFile {
 public:
  using Random = std::function<std::string(std::size_t)>;

  // Reads the file, or makes it. Throws Error "personal.key_unreadable".
  KeyFile(std::filesystem::path file, Random random);
  ~KeyFile();
  KeyFile(const KeyFile&) = delete;
  KeyFile& operator=(const KeyFile&) = delete;

  struct Wrapping {
    std::string name;  // 16 hex digits of its digest
    std::string key;
  };
  // As the file has it now: another server may have put one in front.
  Wrapping newest();
  // Reads the file again when the key is not known: another server may have added it. Empty key:
  // there is none of that name.
  Wrapping named(const std::string& name);
  const std::string& index_key() const { return index_; }

  // Puts a new wrapping key in front; it is durable before this returns.
  Wrapping add();
  // Takes all away but the newest.
  void keep_newest();

 private:
  void read();
  void write(const std::vector<Wrapping>& wrappings) const;

  const std::filesystem::path file_;
  const Random random_;
  std::mutex mutex_;  // guards what follows
  std::filesystem::file_time_type written_;
  std::vector<Wrapping> wrappings_;
  std::string index_;
};

}  // namespace cinnabar
