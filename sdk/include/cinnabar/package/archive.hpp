// A package as one file, NAME-VERSION.cinnabar: a ZIP file as <cinnabar/evidence/zip.hpp> writes
// it, in which SIGNATURE.json stands first and then the listed files in the order of the list. The
// signature settles every byte of it: the same files and key make the same archive, and an archive
// with one byte changed is refused. Content is borrowed. Stateless; any thread.
#pragma once

#include <cinnabar/evidence/zip.hpp>
#include <cinnabar/package/folder.hpp>

namespace cinnabar::package {

struct Archive {
  Signature signature;
  std::vector<std::string_view> contents;  // in the order of the signature's files
};

// The content of a listed file of a folder, found to be what was signed: where it was read from
// does not matter then.
inline std::string read_listed(const std::filesystem::path& folder, const ListedFile& file) {
  const auto content = read_small_file(folder / file.path, static_cast<std::size_t>(kSizeMax));
  if (!content) throw refused(file.path, "is listed in SIGNATURE.json and missing");
  check_content(file, *content);
  return *content;
}

// Gives the archive of a signed folder to `write` piece by piece.
inline void write_archive(const std::filesystem::path& folder, const Signature& signature,
                          const std::function<void(std::string_view)>& write) {
  std::vector<evidence::ZipPart> parts;
  std::uint64_t offset = 0;
  const auto put = [&](const std::string& name, std::string_view content) {
    evidence::ZipPart part{name, content.size(), evidence::crc32(content), offset};
    const std::string header = evidence::zip_header(part);
    write(header);
    write(content);
    offset += header.size() + content.size();
    parts.push_back(std::move(part));
  };
  put(std::string(kSignatureFile), signature_text(signature));
  for (const ListedFile& file : signature.package.files)
    put(file.path, read_listed(folder, file));
  write(evidence::zip_directory(parts, offset));
}

// What the archive holds, every byte of it checked against its own signature. Whose key it is, is
// not asked here.
inline Archive read_archive(std::string_view bytes) {
  const evidence::ZipRead read = evidence::read_zip(bytes);
  if (read.fault)
    throw refused(read.fault->part.empty() ? "the archive" : read.fault->part,
                  "is damaged (" + read.fault->code + ", byte " +
                      std::to_string(read.fault->offset) + ")");
  if (read.parts.front().name != kSignatureFile)
    throw refused(read.parts.front().name, "stands first, where SIGNATURE.json must be");
  Archive archive{read_signature(read.contents.front()), {}};
  check_holds(archive.signature);
  const auto& files = archive.signature.package.files;
  for (std::size_t i = 0; i < files.size(); ++i) {
    if (i + 1 >= read.parts.size())
      throw refused(files[i].path, "is listed in SIGNATURE.json and missing");
    const std::string& name = read.parts[i + 1].name;
    if (name != files[i].path)
      throw refused(name, archive.signature.package.find(name)
                              ? "is not in the order of SIGNATURE.json, or there twice"
                              : "is not listed in SIGNATURE.json");
    check_content(files[i], read.contents[i + 1]);
    archive.contents.push_back(read.contents[i + 1]);
  }
  if (read.parts.size() > files.size() + 1)
    throw refused(read.parts[files.size() + 1].name, "is not listed in SIGNATURE.json");
  return archive;
}

}  // namespace cinnabar::package
