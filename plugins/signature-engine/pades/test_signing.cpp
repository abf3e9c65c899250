#include "test_signing.hpp"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

extern char** environ;

namespace cinnabar::pades {
namespace {

// 2025-11-21T12:00:00.250Z
constexpr std::int64_t kTestTimeMs = 1'763'726'400'250;

// An empty CRL (RFC 5280 5) by libcrypto's own builder.
std::string make_crl(testing::MemoryKeys& keys, const testing::TestIdentity& issuer) {
  const auto* der = reinterpret_cast<const unsigned char*>(issuer.chain.front().data());
  X509* certificate = d2i_X509(nullptr, &der, static_cast<long>(issuer.chain.front().size()));
  X509_CRL* crl = X509_CRL_new();
  X509_CRL_set_version(crl, 1);
  X509_CRL_set_issuer_name(crl, X509_get_subject_name(certificate));
  ASN1_TIME* time = X509_gmtime_adj(nullptr, -60);
  X509_CRL_set1_lastUpdate(crl, time);
  X509_gmtime_adj(time, 7 * 86'400L);
  X509_CRL_set1_nextUpdate(crl, time);
  X509_CRL_sign(crl, keys.raw(issuer.key), EVP_sha256());
  unsigned char* out = nullptr;
  const int size = i2d_X509_CRL(crl, &out);
  std::string encoded(reinterpret_cast<char*>(out), static_cast<std::size_t>(size));
  OPENSSL_free(out);
  ASN1_TIME_free(time);
  X509_CRL_free(crl);
  X509_free(certificate);
  return encoded;
}

}  // namespace

TestTrust::TestTrust() {
  root = testing::make_identity(keys, {"Test Root", "ec-p384", true, false});
  platform = testing::make_identity(keys, {"测试平台", "ec-p256", false, false}, &root);
  enterprise = testing::make_identity(keys, {"测试企业有限公司", "rsa-2048", false, false}, &root);
  person = testing::make_identity(keys, {"张三", "ec-p384", false, false}, &root);
  tsa = testing::make_identity(keys, {"Test TSA", "ec-p256", false, true}, &root);
  crl_ = make_crl(keys, root);
}

Signing TestTrust::signing(const testing::TestIdentity& identity) {
  return {[this, &identity] { return keys.public_key(identity.key); },
          [this, &identity](std::string_view algorithm, std::string_view digest) {
            return keys.sign(identity.key, algorithm, digest);
          },
          [this, &identity] { return proof(identity); },
          {[this](std::string_view digest) { return stamp(digest); },
           [this](const Bytes&) { return proof(tsa); }}};
}

ValidationData TestTrust::proof(const testing::TestIdentity& identity) const {
  ValidationData data;
  for (const std::string& certificate : identity.chain) data.certificates.emplace_back(certificate);
  data.crls.emplace_back(crl_);
  return data;
}

Stamp TestTrust::stamp(std::string_view digest, int more_roots) {
  std::vector<std::string_view> chain{tsa.chain.front()};
  chain.insert(chain.end(), static_cast<std::size_t>(more_roots), root.chain.front());
  const CmsSigner signer(chain);
  const std::string algorithm = der::sequence(der::oid("2.16.840.1.101.3.4.2.1"), der::null());
  const std::string info = der::sequence(
      der::integer(1), der::oid("1.2.3.4"), der::sequence(algorithm, der::octet_string(digest)),
      der::integer(42), der::generalized_time(Time{kTestTimeMs}));
  const std::string attributes = signer.attributes(cms::kTimeStampInfo, sha256(info));
  const std::string signature = keys.sign(tsa.key, "sha256", sha256(attributes));
  return {Bytes(signer.assemble(cms::kTimeStampInfo, info, attributes, signature)), kTestTimeMs};
}

SignRequest request_of(const FieldMap& map, const DocumentState& state,
                       const testing::TestIdentity& identity) {
  SignRequest request;
  request.map = map;
  request.state = state;
  request.time_ms = kTestTimeMs;
  request.key = {"memory", identity.key};
  for (const std::string& certificate : identity.chain) request.chain.emplace_back(certificate);
  return request;
}

Bytes tail_of(std::string_view file, const DocumentState& state,
              const testing::TestIdentity& identity) {
  if (digest_for(identity.chain.front()) != CmsDigest::sha384) return {};
  const std::int64_t covered = DigestState384::decode(state.digest_state_384).size();
  return Bytes(std::string(file.substr(static_cast<std::size_t>(covered))));
}

std::filesystem::path write_file(const testing::TestFolder& folder, const std::string& name,
                                 std::string_view content) {
  const auto file = folder.path / name;
  std::ofstream(file, std::ios::binary).write(content.data(), static_cast<long>(content.size()));
  return file;
}

ToolRun run_tool(const std::vector<std::string>& arguments) {
  int ends[2];
  if (::pipe(ends) != 0) return {};
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
  posix_spawn_file_actions_adddup2(&actions, ends[1], 2);
  posix_spawn_file_actions_addclose(&actions, ends[0]);
  posix_spawn_file_actions_addclose(&actions, ends[1]);
  std::vector<char*> raw;
  for (const std::string& argument : arguments) raw.push_back(const_cast<char*>(argument.c_str()));
  raw.push_back(nullptr);
  pid_t child = 0;
  const int fault = ::posix_spawnp(&child, raw[0], &actions, nullptr, raw.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  ::close(ends[1]);
  ToolRun run;
  if (fault == 0) {
    char part[4096];
    for (ssize_t size; (size = ::read(ends[0], part, sizeof part)) > 0;)
      run.output.append(part, static_cast<std::size_t>(size));
    int status = 0;
    ::waitpid(child, &status, 0);
    run.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  } else {
    run.status = 127;
  }
  ::close(ends[0]);
  return run;
}

std::string read_file(const std::filesystem::path& path) {
  std::ostringstream out;
  out << std::ifstream(path, std::ios::binary).rdbuf();
  return out.str();
}

}  // namespace cinnabar::pades
