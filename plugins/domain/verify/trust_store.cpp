#include "trust_store.hpp"

#include <cinnabar/error.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace cinnabar {

namespace {

namespace fs = std::filesystem;

constexpr const char* kSystemList = "/etc/ssl/certs/ca-certificates.crt";
// The list of all public authorities takes some 220 KB.
constexpr std::uintmax_t kFileSizeMax = 16u << 20;

void read_file(const fs::path& path, std::vector<Bytes>& out) {
  std::error_code error;
  if (fs::file_size(path, error) > kFileSizeMax || error)
    throw Error("verify.trust_unreadable", {{"file", path.string()}});
  std::ifstream file(path, std::ios::binary);
  const std::string text((std::istreambuf_iterator<char>(file)), {});
  if (!file) throw Error("verify.trust_unreadable", {{"file", path.string()}});
  for (Bytes& certificate : certificates_of(text)) out.push_back(std::move(certificate));
}

}  // namespace

std::vector<Bytes> certificates_of(const std::string& pem) {
  constexpr std::string_view kBegin = "-----BEGIN CERTIFICATE-----";
  constexpr std::string_view kEnd = "-----END CERTIFICATE-----";
  std::vector<Bytes> out;
  for (std::size_t at = pem.find(kBegin); at != std::string::npos; at = pem.find(kBegin, at)) {
    at += kBegin.size();
    const std::size_t end = pem.find(kEnd, at);
    if (end == std::string::npos) break;
    std::string text = pem.substr(at, end - at);
    std::erase_if(text, [](char c) { return c == '\n' || c == '\r' || c == ' '; });
    if (std::optional<std::string> der = from_base64(text)) out.emplace_back(std::move(*der));
    at = end;
  }
  return out;
}

std::vector<Bytes> read_trust(const std::vector<std::string>& entries) {
  std::vector<Bytes> out;
  for (const std::string& entry : entries) {
    const fs::path path = entry == "system" ? kSystemList : entry;
    if (!fs::is_directory(path)) {
      read_file(path, out);
      continue;
    }
    std::vector<fs::path> files;
    for (const auto& file : fs::directory_iterator(path))
      if (file.is_regular_file()) files.push_back(file.path());
    std::sort(files.begin(), files.end());
    for (const fs::path& file : files) read_file(file, out);
  }
  return out;
}

}  // namespace cinnabar
