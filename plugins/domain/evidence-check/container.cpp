// The container, the manifest, and the documents in JSON: what can be read at all.
#include "steps.hpp"

#include <cinnabar/evidence/zip.hpp>

namespace cinnabar::evidence {
namespace {

Words words_of(const ZipFault& fault) {
  const std::string at = std::to_string(fault.offset);
  if (fault.code == "content")
    return {"The content of " + fault.part + " was changed: it does not have its checksum.",
            fault.part + " 的内容被改动：与其校验值不符。"};
  if (fault.code == "header")
    return {"At byte " + at + ", " +
                (fault.part.empty() ? "at the beginning" : "at " + fault.part) +
                ", the file is damaged: there is no part as one would be written.",
            "文件在第 " + at + " 字节处（" + (fault.part.empty() ? "开头" : fault.part) +
                "）损坏：此处不是规范写出的部分。"};
  if (fault.code == "directory")
    return {"The directory at the end was changed where it names " + fault.part + ", at byte " +
                at + ".",
            "文件末尾目录中关于 " + fault.part + " 的记录被改动（第 " + at + " 字节）。"};
  return {"The end of the file is not as it was written, from byte " + at + " on.",
          "文件结尾自第 " + at + " 字节起与写出时不同。"};
}

bool known_name(const std::string& name) {
  for (const char* fixed : {kReadme, kEvidence, kLogKey, kCheckpoint, kEarlier, kProofs, kReport,
                            kManifest, kSignature})
    if (name == fixed) return true;
  const auto hex_named = [&](const std::string& folder, std::string_view ending) {
    return name.starts_with(folder) && name.ends_with(ending) &&
           name.size() == folder.size() + 64 + ending.size();
  };
  return hex_named(kCertificates, ".der") || hex_named(kRevocation, ".crl") ||
         hex_named(kRevocation, ".ocsp") ||
         (name.starts_with(kDocuments) && name.ends_with(".pdf"));
}

template <class T>
bool read_part(const Bundle& bundle, const char* name, T& out, Findings& findings) {
  try {
    out = from_json<T>(bundle.part(name), Reading::strict);
    return true;
  } catch (const Error& error) {
    findings.fault("unreadable", name,
                   {std::string(name) + " cannot be read: " + error.what(),
                    std::string(name) + " 无法读取：" + error.what()});
    return false;
  }
}

void compare_with_manifest(const Bundle& bundle, const std::vector<ZipPart>& parts,
                           Findings& findings) {
  const auto& listed = bundle.manifest.parts;
  for (std::size_t i = 0; i < std::max(listed.size() + 2, parts.size()); ++i) {
    const std::string expected = i < listed.size()        ? listed[i].name
                                 : i == listed.size()     ? kManifest
                                 : i == listed.size() + 1 ? kSignature
                                                          : "";
    const std::string found = i < parts.size() ? parts[i].name : "";
    if (expected != found) {
      const std::string& named = found.empty() ? expected : found;
      findings.fault("parts", named,
                     {"The parts are not those of the manifest: there is " +
                          (found.empty() ? "nothing" : found) + " in the place of " +
                          (expected.empty() ? "nothing" : expected) + ".",
                      "文件组成与清单不符：应为 " + (expected.empty() ? "无" : expected) +
                          "，实为 " + (found.empty() ? "无" : found) + "。"});
      return;
    }
    if (!known_name(found))
      findings.fault("unknown", found,
                     {found + " has no place in a bundle.", found + " 不应出现在证据包中。"});
    if (i < listed.size() && (static_cast<std::uint64_t>(listed[i].size) != parts[i].size ||
                              listed[i].sha256 != hex_sha256(bundle.part(found))))
      findings.fault("digest", found,
                     {found + " is not the one that the manifest names: its SHA-256 is another.",
                      found + " 不是清单所列的内容：SHA-256 不同。"});
  }
}

}  // namespace

bool open_bundle(std::string_view file, Bundle& bundle, Findings& findings) {
  findings.step("container");
  const ZipRead read = read_zip(file);
  for (std::size_t i = 0; i < read.parts.size(); ++i)
    if (!bundle.parts.emplace(read.parts[i].name, read.contents[i]).second)
      findings.fault("twice", read.parts[i].name,
                     {read.parts[i].name + " is there twice.", read.parts[i].name + " 出现两次。"});
  if (read.fault) findings.fault(read.fault->code, read.fault->part, words_of(*read.fault));
  findings.passed({"The file is whole: " + std::to_string(read.parts.size()) +
                       " parts, every byte between them as it was written.",
                   "文件完整：共 " + std::to_string(read.parts.size()) +
                       " 个部分，各部分之间的每个字节均与写出时一致。"});
  if (findings.step_failed()) return false;

  findings.step("manifest");
  if (!read_part(bundle, kManifest, bundle.manifest, findings)) return false;
  if (bundle.manifest.format != kFormat)
    findings.fault("format", kManifest,
                   {"The manifest is of another format: " + bundle.manifest.format + ".",
                    "清单格式不受支持：" + bundle.manifest.format + "。"});
  if (to_json(bundle.manifest) != bundle.part(kManifest))
    findings.fault("form", kManifest,
                   {"The manifest is not written as it would be.", "清单的写法不规范。"});
  compare_with_manifest(bundle, read.parts, findings);
  findings.passed({"Every part has the size and the SHA-256 that the manifest says.",
                   "各部分的大小和 SHA-256 均与清单一致。"});
  const bool readable = read_part(bundle, kEvidence, bundle.evidence, findings) &&
                        read_part(bundle, kProofs, bundle.proofs, findings);
  if (readable && bundle.evidence.contract.id != bundle.manifest.contract)
    findings.fault("contract", kEvidence,
                   {"The evidence is of contract " + bundle.evidence.contract.id +
                        ", the manifest of " + bundle.manifest.contract + ".",
                    "证据属于合同 " + bundle.evidence.contract.id + "，而清单属于 " +
                        bundle.manifest.contract + "。"});
  return readable;
}

}  // namespace cinnabar::evidence
