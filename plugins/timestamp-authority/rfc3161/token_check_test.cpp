// Against the timestamp authority of the tool `openssl`.
#include "token_check.hpp"

#include <cinnabar/durable_file.hpp>
#include <cinnabar/testing/folder.hpp>
#include <cinnabar/testing/signing.hpp>

#include <gtest/gtest.h>

namespace cinnabar::rfc3161 {
namespace {

constexpr const char* kSettings = R"(
[ t ]
serial = ./serial
signer_cert = ./tsa.pem
certs = ./tsa.pem
signer_key = ./tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
other_policies = 1.2.3.4.2
digests = sha256, sha384
accuracy = secs:1
ess_cert_id_chain = no
ess_cert_id_alg = sha256
)";

// The same certificate with another end, signed again.
std::string ending(const std::string& certificate, long seconds, EVP_PKEY* issuer_key) {
  const x509::Certificate changed = x509::from_der(certificate);
  X509_gmtime_adj(X509_getm_notAfter(changed.get()), seconds);
  X509_sign(changed.get(), issuer_key, EVP_sha256());
  return x509::to_der(changed.get());
}

struct Outside {
  explicit Outside(const testing::CertificateOptions& options = {"TSA", "ec-p256", false, true},
                   long ends_s = 86'400) {
    root = testing::make_identity(keys, {"Root", "ec-p384", true, false});
    tsa = testing::make_identity(keys, options, &root);
    tsa.chain[0] = ending(tsa.chain[0], ends_s, keys.raw(root.key));
    write_durable(folder.path / "settings", kSettings);
    write_durable(folder.path / "serial", "01\n");
    write_durable(folder.path / "tsa.pem", testing::to_pem(tsa.chain[0]));
    FILE* file = std::fopen((folder.path / "tsa.key").c_str(), "w");
    PEM_write_PrivateKey(file, keys.raw(tsa.key), nullptr, nullptr, 0, nullptr, nullptr);
    std::fclose(file);
    trusted = x509::from_pem(testing::to_pem(root.chain[0]));
    ask = {"sha256", sha256("what is stamped"), "", std::string("\x41nonce-of-16-byte", 16)};
  }

  // What the authority answers.
  std::string answer(const Ask& asked) {
    write_durable(folder.path / "query", build_request(asked));
    const std::string command = "cd " + folder.path.string() +
                                " && openssl ts -reply -config settings -section t -queryfile "
                                "query -out reply 2>&1";
    FILE* pipe = ::popen(command.c_str(), "r");
    char line[512];
    std::string said;
    while (std::fgets(line, sizeof line, pipe)) said += line;
    ::pclose(pipe);
    const auto reply = read_small_file(folder.path / "reply");
    if (!reply) throw std::runtime_error(said);
    return *reply;
  }

  testing::TestFolder folder;
  testing::MemoryKeys keys;
  testing::TestIdentity root, tsa;
  x509::Certificates trusted;
  Ask ask;
};

struct Refusal {
  std::string code, text;
};
Refusal refusal(const std::string& response, const Ask& ask, const x509::Certificates& trusted) {
  try {
    check_response(response, ask, trusted);
    return {};
  } catch (const Error& error) {
    return {error.code(), error.what()};
  }
}

TEST(TokenCheck, AcceptsWhatARealAuthorityAnswers) {
  Outside world;
  const std::int64_t now_ms = static_cast<std::int64_t>(std::time(nullptr)) * 1000;
  const Answered answered = check_response(world.answer(world.ask), world.ask, world.trusted);
  EXPECT_NEAR(static_cast<double>(answered.time_ms), static_cast<double>(now_ms), 10'000);
  const x509::Certificates path = signer_path(answered.token, world.trusted);
  ASSERT_EQ(path.size(), 2u);
  EXPECT_EQ(x509::to_der(path[0].get()), world.tsa.chain[0]);
  Ask longer = world.ask;
  longer.algorithm = "sha384";
  longer.digest = sha384("x");
  longer.policy = "1.2.3.4.2";
  EXPECT_NO_THROW(check_response(world.answer(longer), longer, world.trusted));
}

TEST(TokenCheck, RefusesAnAnswerToAnotherQuestion) {
  Outside world;
  const std::string response = world.answer(world.ask);
  Ask other = world.ask;
  other.nonce[5] = 'X';
  EXPECT_EQ(refusal(response, other, world.trusted).code, "timestamp.invalid");
  EXPECT_NE(refusal(response, other, world.trusted).text.find("nonce"), std::string::npos);
  other = world.ask;
  other.digest = sha256("something else");
  EXPECT_NE(refusal(response, other, world.trusted).text.find("imprint"), std::string::npos);
  other = world.ask;
  other.policy = "1.2.3.4.2";
  EXPECT_NE(refusal(response, other, world.trusted).text.find("policy"), std::string::npos);
}

TEST(TokenCheck, RefusesWhoIsNotTrustedOrEndedOrNoTimestampAuthority) {
  Outside world, other;
  EXPECT_EQ(refusal(world.answer(world.ask), world.ask, other.trusted).code, "timestamp.invalid");
  Outside ended({"TSA", "ec-p256", false, true}, -60);
  const Refusal late = refusal(ended.answer(ended.ask), ended.ask, ended.trusted);
  EXPECT_EQ(late.code, "timestamp.invalid");
  EXPECT_NE(late.text.find("expired"), std::string::npos) << late.text;
}

TEST(TokenCheck, SaysWhyTheAuthorityRefuses) {
  Outside world;
  Ask unwanted = world.ask;
  unwanted.policy = "1.2.3.4.9";
  const Refusal said = refusal(world.answer(unwanted), unwanted, world.trusted);
  EXPECT_EQ(said.code, "timestamp.refused");
  EXPECT_NE(said.text.find("policy"), std::string::npos) << said.text;
}

TEST(TokenCheck, RefusesWhatIsNoAnswerAndWhatWasChanged) {
  Outside world;
  const std::string response = world.answer(world.ask);
  for (const std::string& garbage : {std::string(), std::string("nonsense"), response + "x",
                                     response.substr(0, response.size() / 2)})
    EXPECT_EQ(refusal(garbage, world.ask, world.trusted).code, "timestamp.invalid");
  // No byte of an answer can be changed and the time be another one.
  const Answered right = check_response(response, world.ask, world.trusted);
  for (std::size_t at = 0; at < response.size(); at += 3) {
    std::string changed = response;
    changed[at] = static_cast<char>(changed[at] ^ 0x01);
    try {
      EXPECT_EQ(check_response(changed, world.ask, world.trusted).time_ms, right.time_ms) << at;
    } catch (const Error&) {
    }
  }
}

TEST(TokenCheck, AsksOnlyForDigestsThatAreOnes) {
  EXPECT_THROW(build_request({"sha1", std::string(20, 'x'), "", "12345678"}), Error);
  EXPECT_THROW(build_request({"sha256", std::string(20, 'x'), "", "12345678"}), Error);
}

}  // namespace
}  // namespace cinnabar::rfc3161
