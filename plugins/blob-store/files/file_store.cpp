#include "file_store.hpp"

#include "posix.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <random>

namespace cinnabar {

namespace {

// Bytes handed on at once while reading.
constexpr std::size_t kPartSize = 256 * 1024;

bool is_hex(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

// Of the folder: the digest's first byte.
std::size_t number_of(std::string_view hex) {
  const auto digit = [](char c) {
    return static_cast<std::size_t>(c <= '9' ? c - '0' : c - 'a' + 10);
  };
  return digit(hex[0]) * 16 + digit(hex[1]);
}

// Of several stores of one folder each has a name of its own for what it stages.
std::string random_name() {
  std::random_device random;
  return std::to_string(random()) + std::to_string(random());
}

Error not_found(std::string_view sha256) {
  return Error("blob.not_found", {{"id", std::string(sha256.substr(0, 80))}});
}

Error digest_wrong(std::string_view sha256) {
  return Error("blob.digest_wrong", {{"id", std::string(sha256)}}, {}, CINNABAR_FAILED);
}

}  // namespace

FileStore::FileStore(std::string folder)
    : folder_(std::move(folder)),
      staging_(folder_ + "/staging"),
      staging_lock_(made_staging(), O_RDONLY | O_DIRECTORY),
      staged_prefix_(staging_ + "/" + random_name() + "-") {
  if (::flock(staging_lock_.fd(), LOCK_EX | LOCK_NB) == 0) clear_staging();
  if (::flock(staging_lock_.fd(), LOCK_SH) != 0) throw posix::unavailable(staging_);
  posix::sync_folder(folder_);
  for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
    const std::string name = entry.path().filename().string();
    if (name.size() == 2 && is_hex(name)) lasting_[number_of(name)] = true;
  }
}

// A folder that another thread has just made may not last yet: whoever finds it unmarked syncs.
void FileStore::make_lasting(std::string_view sha256, const std::string& folder) {
  std::atomic<bool>& lasting = lasting_[number_of(sha256)];
  if (lasting) return;
  posix::make_entry(folder);
  posix::sync_folder(folder_);
  lasting = true;
}

const std::string& FileStore::made_staging() const {
  posix::make_folder(staging_);
  return staging_;
}

void FileStore::clear_staging() const {
  std::error_code ignored;  // what cannot be removed does no harm but take space
  for (const auto& entry : std::filesystem::directory_iterator(staging_, ignored))
    std::filesystem::remove(entry.path(), ignored);
}

FileStore::Place FileStore::place_of(std::string_view sha256) const {
  if (sha256.size() != 64 || !is_hex(sha256)) throw not_found(sha256);
  const std::string folder = folder_ + "/" + std::string(sha256.substr(0, 2));
  return {folder, folder + "/" + std::string(sha256.substr(2))};
}

std::string FileStore::stage() { return staged_prefix_ + std::to_string(++staged_); }

void FileStore::adopt(const std::string& path, std::string_view sha256) {
  const Place place = place_of(sha256);
  {
    const posix::File file(path, O_RDONLY);
    if (posix::sha256_of(file, path) != sha256) throw digest_wrong(sha256);
    posix::sync(file, path);
  }
  make_lasting(sha256, place.folder);
  // Over content that is there already this changes nothing: it is the same.
  if (std::rename(path.c_str(), place.path.c_str()) != 0) throw posix::unavailable(place.path);
  posix::sync_folder(place.folder);
}

void FileStore::put(std::string_view sha256, std::string_view content) {
  place_of(sha256);
  if (posix::sha256_of(content) != sha256) throw digest_wrong(sha256);
  const std::string path = stage();
  try {
    posix::write_all(posix::File(path, O_WRONLY | O_CREAT | O_EXCL), path, content);
    adopt(path, sha256);
  } catch (...) {
    ::unlink(path.c_str());
    throw;
  }
}

std::uint64_t FileStore::size(std::string_view sha256) {
  struct stat info {};
  const Place place = place_of(sha256);
  if (::stat(place.path.c_str(), &info) == 0) return static_cast<std::uint64_t>(info.st_size);
  throw errno == ENOENT ? not_found(sha256) : posix::unavailable(place.path);
}

void FileStore::read(std::string_view sha256, std::uint64_t offset, std::uint64_t size,
                     const std::function<void(std::string_view)>& part) {
  const Place place = place_of(sha256);
  const std::uint64_t whole = this->size(sha256);
  if (offset >= whole) return;
  size = std::min(size, whole - offset);
  const posix::File file(place.path, O_RDONLY);
  std::string buffer(static_cast<std::size_t>(std::min<std::uint64_t>(size, kPartSize)), '\0');
  while (size > 0) {
    const ssize_t got =
        ::pread(file.fd(), buffer.data(), std::min<std::uint64_t>(size, buffer.size()),
                static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw posix::unavailable(place.path);
    if (got == 0) throw failure(place.path + " is shorter than it was");
    part({buffer.data(), static_cast<std::size_t>(got)});
    offset += static_cast<std::uint64_t>(got);
    size -= static_cast<std::uint64_t>(got);
  }
}

void FileStore::remove(std::string_view sha256) {
  const Place place = place_of(sha256);
  // Not synced: if the removal is lost, the content is swept at the next start.
  if (::unlink(place.path.c_str()) != 0 && errno != ENOENT) throw posix::unavailable(place.path);
}

void FileStore::list(const std::function<void(std::string_view)>& each) {
  for (const auto& folder : std::filesystem::directory_iterator(folder_)) {
    const std::string first = folder.path().filename().string();
    if (first.size() != 2 || !is_hex(first)) continue;
    std::vector<std::string> names;  // first, because the receiver may remove what it is told
    for (const auto& entry : std::filesystem::directory_iterator(folder.path()))
      names.push_back(entry.path().filename().string());
    for (const std::string& name : names)
      if (name.size() == 62 && is_hex(name)) each(first + name);
  }
}

}  // namespace cinnabar
