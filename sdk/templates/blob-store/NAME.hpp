// @title@: content by its SHA-256, a file each, in the plugin's own folder: the least that a store
// must do, to be replaced by a device or a service. Durable when a call returns, and never half
// there. Thread-safety: any thread.
#pragma once

#include <cinnabar/bytes.hpp>
#include <cinnabar/digest_state.hpp>
#include <cinnabar/durable_file.hpp>
#include <cinnabar/tables.hpp>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>

namespace @ident@_plugin {

namespace fs = std::filesystem;

class @Class@ final : public cinnabar::BlobStore {
 public:
  explicit @Class@(cinnabar::Host& host) : host_(host) {}

  // What a process that died had staged is of no use to anyone.
  void start() {
    folder_ = host_.data_folder();
    staging_ = folder_ / "staging";
    fs::remove_all(staging_);
    fs::create_directories(staging_);
  }

  std::string stage() override {
    return (staging_ / (std::to_string(++staged_) + ".part")).string();
  }
  void adopt(const std::string& path, std::string_view sha256) override {
    put(sha256, content_of(path));
    std::error_code ignored;
    fs::remove(path, ignored);
  }
  void put(std::string_view sha256, std::string_view content) override {
    const fs::path place = place_of(sha256);
    if (cinnabar::to_hex(cinnabar::sha256(content)) != sha256)
      throw cinnabar::Error("blob.digest_unfit");
    if (fs::exists(place)) return;
    // Of several that put the same at once one is first, and the others change nothing.
    cinnabar::write_durable(place, content, 0600, cinnabar::Existing::keep);
  }
  std::uint64_t size(std::string_view sha256) override { return fs::file_size(found(sha256)); }
  void read(std::string_view sha256, std::uint64_t offset, std::uint64_t size,
            const std::function<void(std::string_view)>& part) override {
    const fs::path place = found(sha256);
    const std::uint64_t whole = fs::file_size(place);
    if (offset >= whole) return;
    std::uint64_t left = std::min(size, whole - offset);
    std::ifstream in(place, std::ios::binary);
    in.seekg(static_cast<std::streamoff>(offset));
    std::string buffer(kPartSize, '\0');
    while (left > 0) {
      const std::uint64_t next = std::min<std::uint64_t>(left, buffer.size());
      if (!in.read(buffer.data(), static_cast<std::streamsize>(next)))
        throw cinnabar::failure(place.string() + " cannot be read");
      part({buffer.data(), static_cast<std::size_t>(next)});
      left -= next;
    }
  }
  void remove(std::string_view sha256) override { fs::remove(place_of(sha256)); }
  // Of a copy: what is asked for while listing may remove.
  void list(const std::function<void(std::string_view)>& each) override {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder_))
      if (is_digest(entry.path().filename().string())) names.push_back(entry.path().filename());
    for (const std::string& name : names) each(name);
  }

 private:
  static constexpr std::size_t kPartSize = 65'536;

  static bool is_digest(std::string_view name) {
    return name.size() == 64 && name.find_first_not_of("0123456789abcdef") == name.npos;
  }
  // Only a digest is a name: nothing that a caller says leads out of the folder.
  fs::path place_of(std::string_view sha256) const {
    if (!is_digest(sha256)) throw cinnabar::Error("blob.not_found");
    return folder_ / sha256;
  }
  fs::path found(std::string_view sha256) const {
    fs::path place = place_of(sha256);
    if (!fs::exists(place)) throw cinnabar::Error("blob.not_found");
    return place;
  }
  static std::string content_of(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    std::string content{std::istreambuf_iterator<char>(in), {}};
    if (!in) throw cinnabar::failure(path + " cannot be read");
    return content;
  }

  cinnabar::Host& host_;
  fs::path folder_, staging_;
  std::atomic<std::uint64_t> staged_ = 0;
};

}  // namespace @ident@_plugin
