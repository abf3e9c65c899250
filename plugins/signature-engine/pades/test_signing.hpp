// Identities and a timestamp authority for tests of the engine, and running outside validators.
// Test code only.
#pragma once

#include "engine.hpp"

#include <cinnabar/testing/folder.hpp>
#include <cinnabar/testing/signing.hpp>

#include <filesystem>
#include <string>

namespace cinnabar::pades {

// A key store with a root, three signers and a timestamp authority.
struct TestTrust {
  testing::MemoryKeys keys;
  testing::TestIdentity root, platform, enterprise, person, tsa;
  TestTrust();

  Signing signing(const testing::TestIdentity& identity);
  // Roots added to the token make it larger.
  Stamp stamp(std::string_view digest, int more_roots = 0);
  // The chain up to the root, and the root's CRL, which names nobody.
  ValidationData proof(const testing::TestIdentity& identity) const;

 private:
  std::string crl_;
};

// A request of the identity for the document as it stands; marks and drawings are left to add.
SignRequest request_of(const FieldMap& map, const DocumentState& state,
                       const testing::TestIdentity& identity);

// The end of the file, for SignRequest::tail; empty for signers who need none.
Bytes tail_of(std::string_view file, const DocumentState& state,
              const testing::TestIdentity& identity);

std::filesystem::path write_file(const testing::TestFolder& folder, const std::string& name,
                                 std::string_view content);

struct ToolRun {
  int status = -1;
  std::string output;  // both streams
};

// Runs a program found on the PATH. A program that is not there gives status 127.
ToolRun run_tool(const std::vector<std::string>& arguments);

std::string read_file(const std::filesystem::path& path);

}  // namespace cinnabar::pades
