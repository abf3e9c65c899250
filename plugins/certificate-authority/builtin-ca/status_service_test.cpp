#include "status_service.hpp"

#include "test_world.hpp"

#include <cinnabar/durable_file.hpp>

#include <gtest/gtest.h>

#include <openssl/ocsp.h>

#include <array>
#include <set>
#include <thread>

namespace cinnabar::builtinca {
namespace {

constexpr std::int64_t kHourMs = 3'600'000;

struct StatusWorld : World {
  explicit StatusWorld(Config config = {}) : certificates(authority(config)) {
    folder_text = folder.path.string();
  }

  Credential issue() { return certificates.issue({"enterprise", "某公司", "", "ent_1", "file"}); }
  // A file of the test, for the tool.
  std::string file(const std::string& name, std::string_view content) {
    write_durable(folder.path / name, content);
    return folder_text + "/" + name;
  }
  std::string pem_file(const std::string& name, const Bytes& certificate) {
    return file(name, testing::to_pem(certificate.view()));
  }

  Authority certificates;
  StatusService status{certificates};
  std::string folder_text;
};

struct Ran {
  int code = -1;
  std::string output;
};

Ran openssl(const std::string& arguments) {
  Ran ran;
  FILE* pipe = ::popen(("openssl " + arguments + " 2>&1").c_str(), "r");
  std::array<char, 4096> part;
  for (std::size_t size; (size = std::fread(part.data(), 1, part.size(), pipe)) > 0;)
    ran.output.append(part.data(), size);
  ran.code = ::pclose(pipe);
  return ran;
}

std::string code_of(const std::function<void()>& work) {
  try {
    work();
    return "";
  } catch (const Error& error) {
    return error.code();
  }
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST(StatusService, ListsAreWhatTheOpensslToolExpects) {
  StatusWorld world;
  const Credential good = world.issue(), bad = world.issue(), other = world.issue();
  world.status.revoke({bad.serial, "key-compromise"});
  world.status.revoke({other.serial, "unspecified"});
  const std::string issuing = world.pem_file("issuing.pem", good.chain[1]);
  const std::string root = world.pem_file("root.pem", good.chain[2]);
  const std::string list = world.file("issuing.crl", world.status.crl("issuing").der.view());
  const std::string root_list = world.file("root.crl", world.status.crl("root").der.view());

  const Ran text = openssl("crl -inform DER -in " + list + " -noout -text -CAfile " + issuing);
  EXPECT_EQ(text.code, 0) << text.output;
  EXPECT_TRUE(contains(text.output, "verify OK")) << text.output;
  EXPECT_TRUE(contains(text.output, "Version 2 (0x1)")) << text.output;
  EXPECT_TRUE(contains(text.output, "Key Compromise")) << text.output;
  EXPECT_FALSE(contains(text.output, "Unspecified")) << text.output;
  const Ran root_text =
      openssl("crl -inform DER -in " + root_list + " -noout -text -CAfile " + root);
  EXPECT_TRUE(contains(root_text.output, "verify OK")) << root_text.output;
  EXPECT_TRUE(contains(root_text.output, "No Revoked Certificates")) << root_text.output;

  openssl("crl -inform DER -in " + list + " -out " + world.folder_text + "/all.pem");
  openssl("crl -inform DER -in " + root_list + " -out " + world.folder_text + "/root-crl.pem");
  const std::string verify = "verify -x509_strict -crl_check_all -CAfile " + root + " -untrusted " +
                             issuing + " -CRLfile " + world.folder_text + "/all.pem -CRLfile " +
                             world.folder_text + "/root-crl.pem ";
  const Ran accepted = openssl(verify + world.pem_file("good.pem", good.chain[0]));
  EXPECT_EQ(accepted.code, 0) << accepted.output;
  const Ran refused = openssl(verify + world.pem_file("bad.pem", bad.chain[0]));
  EXPECT_TRUE(contains(refused.output, "certificate revoked")) << refused.output;
}

TEST(StatusService, AListIsKeptUntilItsTimeOrARevocation) {
  StatusWorld world;
  const Credential one = world.issue();
  const Crl first = world.status.crl("issuing");
  world.now_ms += 17 * kHourMs;
  EXPECT_EQ(world.status.crl("issuing").der.view(), first.der.view());
  world.now_ms += 2 * kHourMs;
  const Crl second = world.status.crl("issuing");
  EXPECT_NE(second.der.view(), first.der.view());
  EXPECT_GT(second.next_update_ms, first.next_update_ms);
  world.status.revoke({one.serial, "superseded"});
  EXPECT_NE(world.status.crl("issuing").der.view(), second.der.view());
}

std::int64_t number_of(const std::string& list) {
  const auto* at = reinterpret_cast<const unsigned char*>(list.data());
  X509_CRL* crl = d2i_X509_CRL(nullptr, &at, static_cast<long>(list.size()));
  auto* number =
      static_cast<ASN1_INTEGER*>(X509_CRL_get_ext_d2i(crl, NID_crl_number, nullptr, nullptr));
  std::int64_t value = 0;
  ASN1_INTEGER_get_int64(&value, number);
  ASN1_INTEGER_free(number);
  X509_CRL_free(crl);
  return value;
}

TEST(StatusService, ListNumbersAscendEvenWhenTheirFileIsLost) {
  StatusWorld world;
  const std::int64_t first = number_of(world.status.crl("issuing").der.text());
  std::filesystem::remove(world.folder.path / "crl-issuing.json");
  world.now_ms += 20 * kHourMs;
  Authority again = world.authority();
  EXPECT_GT(number_of(StatusService(again).crl("issuing").der.text()), first);
}

TEST(StatusService, ListNumbersAscendOverRestartsAndProcesses) {
  StatusWorld world;
  std::set<std::string> lists;
  std::vector<std::thread> threads;
  std::mutex mutex;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      // As another process has it: everything of its own but the folder.
      Authority authority = world.authority();
      StatusService status(authority);
      for (int k = 0; k < 5; ++k) {
        const Credential made = authority.issue({"person", "张三", "", "", "file"});
        status.revoke({made.serial, "unspecified"});
        const std::string list = status.crl("issuing").der.text();
        const std::lock_guard lock(mutex);
        lists.insert(list);
      }
    });
  for (std::thread& thread : threads) thread.join();
  std::set<std::int64_t> numbers;
  for (const std::string& list : lists) numbers.insert(number_of(list));
  EXPECT_EQ(numbers.size(), lists.size()) << "one number for two lists";
  const std::string last = world.status.crl("issuing").der.text();
  const auto* at = reinterpret_cast<const unsigned char*>(last.data());
  X509_CRL* crl = d2i_X509_CRL(nullptr, &at, static_cast<long>(last.size()));
  EXPECT_EQ(sk_X509_REVOKED_num(X509_CRL_get_REVOKED(crl)), 20);
  X509_CRL_free(crl);
}

TEST(StatusService, TheFirstRevocationStays) {
  StatusWorld world;
  const Credential one = world.issue();
  const Revoked first = world.status.revoke({one.serial, "superseded"});
  world.now_ms += 60'000;
  EXPECT_EQ(world.status.revoke({one.serial, "key-compromise"}).time_ms, first.time_ms);
  Authority again = world.authority();
  EXPECT_EQ(StatusService(again).revoke({one.serial, "key-compromise"}).time_ms, first.time_ms);
}

TEST(StatusService, RevokesOnlyWhatItIssuedForReasonsThatAre) {
  StatusWorld world;
  const Credential one = world.issue();
  for (const std::string& serial :
       {std::string("00"), std::string(32, 'f'),
        std::string("../../../../../etc/passwd\0\0\0\0\0\0\0", 32), one.serial + "00"})
    EXPECT_EQ(code_of([&] {
                world.status.revoke({serial, "unspecified"});
              }),
              "certificate.unknown");
  EXPECT_EQ(code_of([&] {
              world.status.revoke({one.serial, "because"});
            }),
            "certificate.reason_unknown");
  EXPECT_EQ(code_of([&] { world.status.crl("other"); }), "certificate.issuer_unknown");
}

OCSP_REQUEST* read_request(const std::string& request) {
  const auto* at = reinterpret_cast<const unsigned char*>(request.data());
  return d2i_OCSP_REQUEST(nullptr, &at, static_cast<long>(request.size()));
}

OCSP_RESPONSE* read_response(const OcspAnswer& answer) {
  const auto* at = reinterpret_cast<const unsigned char*>(answer.response.view().data());
  return d2i_OCSP_RESPONSE(nullptr, &at, static_cast<long>(answer.response.size()));
}

// Asks as the tool does and lets it check the answer.
Ran ask(StatusWorld& world, const std::string& query, const std::string& which) {
  const std::string request = world.folder_text + "/request.der";
  const std::string issuing =
      world.pem_file("issuing.pem", Bytes(world.certificates.issuing_certificate()));
  const std::string root = world.pem_file("root.pem", Bytes(world.certificates.root_certificate()));
  const Ran made = openssl("ocsp -issuer " + issuing + " " + query + " -reqout " + request);
  EXPECT_EQ(made.code, 0) << made.output;
  const OcspAnswer answer = world.status.ocsp(*read_small_file(request));
  const std::string response = world.file("response.der", answer.response.view());
  // With certificates named the tool makes a request of its own; the nonce is looked at here.
  OCSP_REQUEST* sent = read_request(*read_small_file(request));
  OCSP_RESPONSE* came = read_response(answer);
  OCSP_BASICRESP* basic = OCSP_response_get1_basic(came);
  EXPECT_EQ(OCSP_check_nonce(sent, basic), contains(query, "-no_nonce") ? 2 : 1);
  OCSP_BASICRESP_free(basic);
  OCSP_RESPONSE_free(came);
  OCSP_REQUEST_free(sent);
  return openssl("ocsp -no_nonce -issuer " + issuing + " " + which + " -respin " + response +
                 " -CAfile " + root + " -resp_text");
}

TEST(StatusService, AnswersAreWhatTheOpensslToolExpects) {
  StatusWorld world;
  const Credential good = world.issue(), bad = world.issue();
  world.status.revoke({bad.serial, "cessation-of-operation"});
  const std::string good_file = world.pem_file("good.pem", good.chain[0]);
  const std::string bad_file = world.pem_file("bad.pem", bad.chain[0]);
  for (const char* digest : {"-sha1", "-sha256"}) {
    const std::string both = std::string(digest) + " -cert " + good_file + " " + digest +
                             " -cert " + bad_file + " -serial 0x123456789";
    const Ran ran = ask(world, both, both);
    EXPECT_EQ(ran.code, 0) << ran.output;
    EXPECT_TRUE(contains(ran.output, "Response verify OK")) << ran.output;
    EXPECT_FALSE(contains(ran.output, "WARNING")) << ran.output;
    EXPECT_TRUE(contains(ran.output, good_file + ": good")) << ran.output;
    EXPECT_TRUE(contains(ran.output, bad_file + ": revoked")) << ran.output;
    EXPECT_TRUE(contains(ran.output, "Reason: cessationOfOperation")) << ran.output;
    EXPECT_TRUE(contains(ran.output, "0x123456789: unknown")) << ran.output;
  }
}

TEST(StatusService, AnAnswerWithoutANonceMayBeKept) {
  StatusWorld world;
  const Credential good = world.issue();
  const std::string query = "-no_nonce -cert " + world.pem_file("good.pem", good.chain[0]);
  ask(world, query, query);
  const std::string request = *read_small_file(world.folder.path / "request.der");
  EXPECT_GT(world.status.ocsp(request).next_update_ms, world.now_ms);
}

// The status of an OCSPResponse.
int response_status(const OcspAnswer& answer) {
  OCSP_RESPONSE* response = read_response(answer);
  const int status = response ? OCSP_response_status(response) : -1;
  OCSP_RESPONSE_free(response);
  return status;
}

TEST(StatusService, RefusesWhatIsNoRequestAndAnswersForNobodyElse) {
  StatusWorld world, other;
  const Credential good = world.issue();
  const std::string query = "-cert " + world.pem_file("good.pem", good.chain[0]);
  EXPECT_EQ(ask(world, query, query).code, 0);
  const std::string request = *read_small_file(world.folder.path / "request.der");
  EXPECT_EQ(response_status(other.status.ocsp(request)), OCSP_RESPONSE_STATUS_UNAUTHORIZED);
  EXPECT_EQ(response_status(world.status.ocsp("")), OCSP_RESPONSE_STATUS_MALFORMEDREQUEST);
  EXPECT_EQ(response_status(world.status.ocsp(request + "x")),
            OCSP_RESPONSE_STATUS_MALFORMEDREQUEST);
  for (std::size_t size = 0; size < request.size(); ++size)
    EXPECT_EQ(response_status(world.status.ocsp(request.substr(0, size))),
              OCSP_RESPONSE_STATUS_MALFORMEDREQUEST);
  // Whatever byte is changed, there is an answer that can be read.
  for (std::size_t at = 0; at < request.size(); ++at)
    for (const int flip : {0x01, 0x80, 0xFF}) {
      std::string changed = request;
      changed[at] = static_cast<char>(changed[at] ^ flip);
      EXPECT_GE(response_status(world.status.ocsp(changed)), 0) << at;
    }
}

TEST(StatusService, TheResponderIsReplacedBeforeItEndsAndSharedOverRestarts) {
  StatusWorld world;
  const Credential good = world.issue();
  const auto responder_of = [&](StatusService& status) {
    const ValidationData data = status.proof(good.chain);
    OCSP_RESPONSE* response = read_response({data.ocsps.at(0), 0});
    OCSP_BASICRESP* basic = OCSP_response_get1_basic(response);
    X509* certificate = sk_X509_value(OCSP_resp_get0_certs(basic), 0);
    EXPECT_EQ(X509_get_extended_key_usage(certificate), std::uint32_t{XKU_OCSP_SIGN});
    EXPECT_GE(X509_get_ext_by_NID(certificate, NID_id_pkix_OCSP_noCheck, -1), 0);
    unsigned char digest[32];
    X509_digest(certificate, EVP_sha256(), digest, nullptr);
    OCSP_BASICRESP_free(basic);
    OCSP_RESPONSE_free(response);
    return to_hex(std::string_view(reinterpret_cast<char*>(digest), 32));
  };
  const std::string first = responder_of(world.status);
  Authority again = world.authority();
  StatusService other(again);
  EXPECT_EQ(responder_of(other), first);
  world.now_ms += 21 * 24 * kHourMs;
  const std::string second = responder_of(world.status);
  EXPECT_NE(second, first);
  EXPECT_EQ(responder_of(other), second);
}

TEST(StatusService, ProvesAChainOrSaysWhyNot) {
  StatusWorld world, other;
  const Credential good = world.issue();
  const ValidationData data = world.status.proof(good.chain);
  ASSERT_EQ(data.certificates.size(), 2u);
  EXPECT_EQ(data.certificates[0].view(), good.chain[1].view());
  EXPECT_EQ(data.certificates[1].view(), good.chain[2].view());
  EXPECT_EQ(data.crls.size(), 1u);
  EXPECT_EQ(data.ocsps.size(), 1u);
  EXPECT_EQ(code_of([&] { world.status.proof(other.issue().chain); }),
            "certificate.status_unknown");
  EXPECT_EQ(code_of([&] { world.status.proof({}); }), "certificate.status_unknown");
  world.status.revoke({good.serial, "superseded"});
  EXPECT_EQ(code_of([&] { world.status.proof(good.chain); }), "certificate.revoked");
  EXPECT_TRUE(world.status.proof({good.chain[1], good.chain[2]}).ocsps.empty());
}

TEST(StatusService, ListsManyRevocations) {
  StatusWorld world;
  Revocations revocations(world.folder.path / "revoked");
  for (int i = 0; i < 300; ++i)
    revocations.add({std::string(15, 'A') + static_cast<char>(i / 256) + static_cast<char>(i),
                     Time{world.now_ms.load() / 1000 * 1000}, Reason::superseded});
  const Crl list = world.status.crl("issuing");
  Authority again = world.authority();
  EXPECT_EQ(StatusService(again).crl("issuing").der.view(), list.der.view());
}

TEST(StatusService, ADamagedRevocationIsNotTakenForNone) {
  StatusWorld world;
  const Credential good = world.issue();
  write_durable(world.folder.path / "revoked" / (good.serial + ".revoked"), "nonsense");
  EXPECT_EQ(code_of([&] { world.status.proof(good.chain); }), "certificate.authority_damaged");
  EXPECT_EQ(code_of([&] { world.status.crl("issuing"); }), "certificate.authority_damaged");
}

TEST(Authority, NamesThePlacesOfItsAnswersWhereItHasAPublicAddress) {
  Config config;
  config.public_url = "https://sign.example.com";
  StatusWorld world(config);
  const Credential made = world.issue();
  const Ran own = openssl("x509 -noout -text -in " + world.pem_file("own.pem", made.chain[0]));
  for (const char* part : {"URI:https://sign.example.com/pki/issuing.crl",
                           "OCSP - URI:https://sign.example.com/pki/ocsp",
                           "CA Issuers - URI:https://sign.example.com/pki/issuing.cer"})
    EXPECT_TRUE(contains(own.output, part)) << part << "\n" << own.output;
  const Ran issuing = openssl("x509 -noout -text -in " + world.pem_file("ca.pem", made.chain[1]));
  EXPECT_TRUE(contains(issuing.output, "URI:https://sign.example.com/pki/root.crl"));
  StatusWorld silent;
  const Ran none =
      openssl("x509 -noout -text -in " + silent.pem_file("own.pem", silent.issue().chain[0]));
  EXPECT_FALSE(contains(none.output, "URI:"));
}

TEST(Authority, IssuesShortLivedCertificatesWhereAsked) {
  Config config;
  config.person_hours = 1;
  StatusWorld world(config);
  const Credential person = world.certificates.issue({"person", "张三", "", "", "file"});
  EXPECT_LE(person.not_after_ms - world.now_ms, kHourMs);
  EXPECT_GT(person.not_after_ms - world.now_ms, kHourMs - 2'000);
  EXPECT_GT(world.issue().not_after_ms - world.now_ms, 1'000 * kHourMs);
}

}  // namespace
}  // namespace cinnabar::builtinca
