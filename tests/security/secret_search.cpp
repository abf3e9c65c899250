// Looks for many byte strings at once: secret_search PATTERNS PLACE...
// PATTERNS has lines "<name> <hex>", of at least 8 bytes each. A PLACE is a file, a folder with all
// that is under it, or pid:<number>: all memory that this process can read, as a core of it would
// hold. Prints "<name> in <place>" once for each that is found, and at the end how many bytes it
// looked at. Exit code 1 when something was found, 2 when a place could not be read.
#include <fcntl.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <set>
#include <sstream>
#include <string>
#include <unordered_map>
#include <vector>

namespace {

constexpr std::size_t kKeySize = 8;  // the first bytes of a pattern, by which it is looked up
constexpr std::size_t kPart = 4 << 20;
constexpr unsigned kFilterBits = 20;

std::uint64_t word_at(const char* at) {
  std::uint64_t word;
  std::memcpy(&word, at, sizeof word);
  return word;
}
std::size_t filter_of(std::uint64_t word) {
  return (word * 0x9E3779B97F4A7C15) >> (64 - kFilterBits);
}

struct Pattern {
  std::string name, bytes;
};

class Search {
 public:
  explicit Search(const std::string& file) : filter_(std::size_t{1} << kFilterBits) {
    std::ifstream in(file);
    for (Pattern pattern; in >> pattern.name >> pattern.bytes;) {
      std::string raw;
      for (std::size_t i = 0; i + 1 < pattern.bytes.size(); i += 2)
        raw += static_cast<char>(std::stoi(pattern.bytes.substr(i, 2), nullptr, 16));
      if (raw.size() < kKeySize) throw std::runtime_error(pattern.name + " is too short");
      pattern.bytes = raw;
      longest_ = std::max(longest_, raw.size());
      filter_[filter_of(word_at(raw.data()))] = true;
      patterns_.emplace(word_at(raw.data()), pattern);
    }
    if (patterns_.empty()) throw std::runtime_error("no patterns in " + file);
  }

  void file(const std::filesystem::path& path) {
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return unreadable(path);
    range(descriptor, 0, UINT64_MAX, path.string());
    ::close(descriptor);
  }
  void folder(const std::filesystem::path& path) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(path))
      if (entry.is_regular_file()) file(entry.path());
  }
  void process(const std::string& pid) {
    const std::string base = "/proc/" + pid + "/";
    const int memory = ::open((base + "mem").c_str(), O_RDONLY | O_CLOEXEC);
    std::ifstream maps(base + "maps");
    if (memory < 0 || !maps) return unreadable(base + "mem");
    for (std::string line; std::getline(maps, line);) {
      std::uint64_t from = 0, to = 0;
      char access = 0;
      if (std::sscanf(line.c_str(), "%lx-%lx %c", &from, &to, &access) != 3) continue;
      if (access != 'r' || line.ends_with("[vvar]") || line.ends_with("[vsyscall]")) continue;
      range(memory, from, to, "the memory of process " + pid);
    }
    ::close(memory);
    file(base + "environ");
    file(base + "cmdline");
  }

  int report() const {
    for (const auto& [name, place] : found_)
      std::cout << name << " in " << place << "\n";
    std::cout << "looked at " << looked_at_ << " bytes for " << patterns_.size() << " patterns\n";
    return unreadable_ ? 2 : found_.empty() ? 0 : 1;
  }

 private:
  // A place that vanished meanwhile is no fault: a process ended, a staged file was removed.
  void unreadable(const std::filesystem::path& path) {
    if (errno == ENOENT || errno == ESRCH) return;
    std::cerr << "cannot read " << path << ": " << std::strerror(errno) << "\n";
    unreadable_ = true;
  }

  // Parts overlap by the longest pattern.
  void range(int descriptor, std::uint64_t at, std::uint64_t end, const std::string& place) {
    std::string kept;
    while (at < end) {
      const std::size_t before = kept.size();
      const std::size_t wanted = std::min<std::uint64_t>(kPart, end - at);
      kept.resize(before + wanted);
      const ssize_t got =
          ::pread(descriptor, kept.data() + before, wanted, static_cast<off_t>(at));
      if (got <= 0) return;
      kept.resize(before + static_cast<std::size_t>(got));
      at += static_cast<std::uint64_t>(got);
      looked_at_ += static_cast<std::uint64_t>(got);
      look(kept, place);
      if (kept.size() > longest_) kept.erase(0, kept.size() - longest_);
    }
  }

  void look(const std::string& bytes, const std::string& place) {
    for (std::size_t i = 0; i + kKeySize <= bytes.size(); ++i) {
      const std::uint64_t word = word_at(bytes.data() + i);
      if (!filter_[filter_of(word)]) continue;
      const auto [first, last] = patterns_.equal_range(word);
      for (auto it = first; it != last; ++it)
        if (bytes.compare(i, it->second.bytes.size(), it->second.bytes) == 0)
          found_.emplace(it->second.name, place);
    }
  }

  std::unordered_multimap<std::uint64_t, Pattern> patterns_;
  std::vector<bool> filter_;
  std::size_t longest_ = 0;
  std::set<std::pair<std::string, std::string>> found_;
  std::uint64_t looked_at_ = 0;
  bool unreadable_ = false;
};

}  // namespace

int main(int argc, char** argv) try {
  if (argc < 3) throw std::runtime_error("secret_search PATTERNS PLACE...");
  Search search(argv[1]);
  for (int i = 2; i < argc; ++i) {
    const std::string place = argv[i];
    if (place.starts_with("pid:"))
      search.process(place.substr(4));
    else if (std::filesystem::is_directory(place))
      search.folder(place);
    else
      search.file(place);
  }
  return search.report();
} catch (const std::exception& error) {
  std::cerr << error.what() << "\n";
  return 2;
}
